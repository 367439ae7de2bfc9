"""What may leave: attachments and originals under a grant to take copies, and nothing otherwise."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance.models import Denial
from muniment.release import files
from tests.governance.house import House
from tests.release.conduct import export_granted, opened


def test_a_grant_to_read_gives_no_copies(house: House) -> None:
    [record] = house.records(1)
    page = opened(house, "hana", house.granted([record]).grant, record)
    hana = house.person("hana")
    with pytest.raises(RefusedError, match="not take copies"):
        files.original(house.desk, hana, page.token)
    with pytest.raises(RefusedError, match="not take copies"):
        files.attachment(house.desk, hana, page.token, "1")
    assert Denial.objects.filter(person_id=hana.id, action="export", record=record).count() == 2


def test_an_export_grant_gives_the_original_byte_for_byte(house: House) -> None:
    records = house.records(2)
    page = opened(house, "ines", export_granted(house, records).grant, records[1], "export")
    given = files.original(house.desk, house.person("ines"), page.token)
    content = b"".join(given.chunks)
    assert content.endswith(b"Hello 1\r\n")
    assert len(hashlib.sha256(content).hexdigest()) == 64
    assert given.content_type == "application/octet-stream"
    with pytest.raises(WrongUseError, match="no such attachment"):
        files.attachment(house.desk, house.person("ines"), page.token, "9.9")


def test_a_mail_without_html_has_none(house: House) -> None:
    [record] = house.records(1)
    page = opened(house, "hana", house.granted([record]).grant, record)
    assert files.html(house.desk, house.person("hana"), page.token) == ""


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        (".htaccess", "htaccess"),
        ('a"b\r\nSet-Cookie: x', "abSet-Cookie x"),
        ("", "attachment-1-2"),
        ("...", "attachment-1-2"),
    ],
)
def test_a_senders_file_name_is_made_harmless(name: str, safe: str) -> None:
    assert files.safe_name(name, "1.2") == safe


@given(st.text())
def test_no_name_has_a_path_a_control_character_or_a_leading_dot(name: str) -> None:
    safe = files.safe_name(name, "1")
    assert safe
    assert len(safe) <= 120
    assert not set(safe) & set('/\\"<>:|?*\r\n\0')
    assert not safe.startswith(".")
