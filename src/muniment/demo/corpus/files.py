"""Real files to attach, made byte by byte: each opens in the program that its name promises."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

_STAMP = (2020, 1, 1, 0, 0, 0)  # a fixed time inside zips, so that the same seed gives the same bytes
_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    "csv": "text/csv",
    "docx": _OFFICE + "wordprocessingml.document",
    "ics": "text/calendar",
    "pdf": "application/pdf",
    "png": "image/png",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
}


def pdf(lines: Sequence[str]) -> bytes:
    """One A4 page of Helvetica, 50 lines at most (ISO 32000-1; WinAnsi text)."""
    shown = b"".join(b"(" + _pdf_text(line) + b") Tj T*\n" for line in lines[:50])
    stream = b"BT /F1 11 Tf 14 TL 60 780 Td\n" + shown + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _pdf_text(line: str) -> bytes:
    data = line.encode("cp1252", "replace")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def docx(paragraphs: Sequence[str]) -> bytes:
    """A word-processing document (ECMA-376), one run for each paragraph."""
    body = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    return _package("word/document.xml", KINDS["docx"] + ".main+xml", {"word/document.xml": document})


def xlsx(rows: Sequence[Sequence[str | float]]) -> bytes:
    """A workbook with one sheet (ECMA-376): text inline, numbers as numbers."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{chr(65 + column)}{number}", value) for column, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    linked = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return _package(
        "xl/workbook.xml",
        KINDS["xlsx"] + ".main+xml",
        {
            "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{linked}"><sheets>'
            '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(f"{linked}/worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{"".join(lines)}'
            "</sheetData></worksheet>",
        },
        {"/xl/worksheets/sheet1.xml": _OFFICE + "spreadsheetml.worksheet+xml"},
    )


def _cell(place: str, value: str | float) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _relations(kind: str, target: str) -> str:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}"><Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'


def _package(main: str, kind: str, parts: dict[str, str], others: dict[str, str] | None = None) -> bytes:
    overrides = {f"/{main}": kind} | (others or {})
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{is_}"/>' for name, is_ in overrides.items())
        + "</Types>"
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {
            "[Content_Types].xml": types,
            "_rels/.rels": _relations(office, main),
            **parts,
        }.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return out.getvalue()


def csv(rows: Sequence[Sequence[str | float]]) -> bytes:
    """RFC 4180, with a byte-order mark as spreadsheet programs write it."""
    lines = [",".join(_csv_field(str(value)) for value in row) for row in rows]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8")


def _csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def png(width: int, height: int, colours: Sequence[tuple[int, int, int]]) -> bytes:
    """A picture of horizontal bands, one for each colour (PNG, 8-bit RGB)."""
    rows = bytearray()
    for line in range(height):
        rows += b"\x00" + bytes(colours[line * len(colours) // height]) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def ics(identifier: str, start: datetime, minutes: int, summary: str, place: str, organiser: str) -> bytes:
    """One meeting (RFC 5545), its times in UTC."""
    end = start + timedelta(minutes=minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Wethercote//Diary//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{identifier}",
        f"DTSTAMP:{_utc(start - timedelta(days=5))}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{_ics_text(summary)}",
        f"LOCATION:{_ics_text(place)}",
        f"ORGANIZER:mailto:{organiser}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def _utc(moment: datetime) -> str:
    return f"{datetime.fromtimestamp(moment.timestamp(), tz=UTC):%Y%m%dT%H%M%SZ}"


def _ics_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
