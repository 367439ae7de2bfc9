"""Files that other programs open."""

import csv
import io
import struct
import zipfile
import zlib
from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from muniment.demo.corpus import files


def test_a_pdf_has_the_objects_that_its_table_points_at() -> None:
    made = files.pdf(["Invoice (copy) \\ £12", "second line"])
    start = int(made.rsplit(b"startxref\n", 1)[1].split()[0])
    rows = made[start:].split(b"\n")[3:8]
    for number, row in enumerate(rows, 1):
        assert made[int(row[:10]) :].startswith(b"%d 0 obj" % number)
    assert rb"(Invoice \(copy\) \\ " in made


def test_office_files_are_zips_of_xml_with_their_parts() -> None:
    for made, part in (
        (files.docx(["a < b", "c"]), "word/document.xml"),
        (files.xlsx([["a", 1]]), "xl/workbook.xml"),
    ):
        with zipfile.ZipFile(io.BytesIO(made)) as package:
            assert package.testzip() is None
            types = package.read("[Content_Types].xml").decode()
            assert f'PartName="/{part}"' in types
            for name in package.namelist():
                ElementTree.fromstring(package.read(name))  # noqa: S314  made by ourselves


def test_the_words_of_a_document_are_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(files.docx(["Minutes & more"]))) as package:
        tree = ElementTree.fromstring(package.read("word/document.xml"))  # noqa: S314
    assert "".join(tree.itertext()) == "Minutes & more"


def test_csv_comes_back() -> None:
    rows = [["a,b", 'say "x"'], ["1", "2"]]
    read = list(csv.reader(io.StringIO(files.csv(rows).decode("utf-8-sig"))))
    assert read == rows


def test_a_png_is_whole() -> None:
    made = files.png(4, 6, [(255, 0, 0), (0, 0, 255)])
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", made[16:24]) == (4, 6)
    length = struct.unpack(">I", made[33:37])[0]
    pixels = zlib.decompress(made[41 : 41 + length])
    assert pixels == (b"\x00" + b"\xff\x00\x00" * 4) * 3 + (b"\x00" + b"\x00\x00\xff" * 4) * 3


def test_a_meeting_is_in_utc() -> None:
    start = datetime(2026, 7, 1, 10, 0, tzinfo=ZoneInfo("Europe/London"))
    lines = files.ics("x", start, 60, "Rota; again", "Room 1, upstairs", "a@b.example").decode().split("\r\n")
    assert "DTSTART:20260701T090000Z" in lines
    assert "DTEND:20260701T100000Z" in lines
    assert "SUMMARY:Rota\\; again" in lines
