"""The header section: fields, words, addresses, dates, parameters."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.mail import headers


def test_fields_come_in_order_unfolded_and_the_body_is_found() -> None:
    message = b"To: a@x\r\nSubject: one\r\n\ttwo\r\nTo: b@x\r\nnonsense\r\n\r\nBody: no\r\n"
    fields, body = headers.split(message)
    assert fields == [("To", b"a@x"), ("Subject", b"one two"), ("To", b"b@x")]
    assert message[body:] == b"Body: no\r\n"


def test_the_first_value_of_a_field_is_found_by_its_name_in_lower_case() -> None:
    fields = [("X-Mark", b"1"), ("x-mark", b"2")]
    assert headers.first(fields, "x-mark") == b"1"
    assert headers.first(fields, "absent") == b""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?q?caf=C3=A9?=", "café"),
        (b"=?ISO-8859-1?B?Y2Fm6Q==?= au lait", "café au lait"),
        (b"=?utf-8?b?Y2Fm?= =?utf-8?b?w6k=?=", "café"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8*en?q?a?=", "a"),
        (b"raw caf\xc3\xa9", "raw café"),
        (b"raw caf\xe9", "raw café"),
        (b"=?broken", "=?broken"),
    ],
)
def test_words(value: bytes, text: str) -> None:
    assert headers.words(value) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b"Ann@Example.ORG", [("", "ann@example.org")]),
        (b'"Bee, Ann" <ann@x>, bob@x', [("Bee, Ann", "ann@x"), ("", "bob@x")]),
        (b"=?utf-8?q?Bee=2C_Ann?= <ann@x>, Bob <bob@x>", [("Bee, Ann", "ann@x"), ("Bob", "bob@x")]),
        (b"ann@x (Ann Bee)", [("Ann Bee", "ann@x")]),
        (b"Team: a@x, b@x;, c@x", [("", "a@x"), ("", "b@x"), ("", "c@x")]),
        (b"undisclosed-recipients:;", []),
        (b"a@x; b@x", [("", "a@x"), ("", "b@x")]),
        (b'"say \\"hi\\"" <a@x>', [('say "hi"', "a@x")]),
        (b'"odd" <"local part"@x>', [("odd", '"localpart"@x')]),
        (b"Ann Bee", [("Ann Bee", "")]),
        (b"", []),
    ],
)
def test_addresses(value: bytes, found: list[tuple[str, str]]) -> None:
    assert headers.addresses(value) == found


def test_six_hundred_recipients_are_all_found() -> None:
    value = ",\r\n ".join(f'"Person {n}" <p{n}@example.org>' for n in range(600)).encode()
    assert len({address for _, address in headers.addresses(value)}) == 600


@pytest.mark.parametrize(
    "piece",
    [b'"', b'"\\', b"(\\", b"=?utf-8?q?a?= ", b"a:", b" ", b"(", b"<", b"\\", b'"(<', b",", b"a@", b"=?"],
)
def test_a_hostile_address_list_takes_linear_time(piece: bytes) -> None:
    headers.addresses(piece * 200_000)


def test_dates_are_in_utc_and_nonsense_is_none() -> None:
    assert headers.date(b"Mon, 4 Mar 2019 23:46:15 +0200") == datetime(2019, 3, 4, 21, 46, 15, tzinfo=UTC)
    assert headers.date(b"Mon, 4 Mar 2019 23:46:15 -0000") == datetime(2019, 3, 4, 23, 46, 15, tzinfo=UTC)
    for value in (b"", b"yesterday", b"Mon, 31 Dec 9999 23:59:59 -2300", b"1 1 1 1 1 1"):
        assert headers.date(value) is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('x; name="a b.txt"', "a b.txt"),
        ("x; NAME=a b.txt; q=1", "a b.txt"),
        ("x; name*=utf-8''%e2%82%ac.txt", "€.txt"),
        ("x; name*0*=utf-8''%e2; name*1*=%82%ac; name*2=.txt", "€.txt"),
        ("x; name*1=b; name*0=a", "ab"),
        ('x; name="=?utf-8?q?=E2=82=AC.txt?="', "€.txt"),
    ],
)
def test_parameters(value: str, name: str) -> None:
    assert headers.parameters(value)["name"] == name


@given(st.binary(max_size=300))
def test_nothing_here_fails_on_any_bytes(data: bytes) -> None:
    fields, body = headers.split(data)
    assert body >= 0
    for name, value in [*fields, ("raw", data)]:
        assert name
        headers.words(value).encode()
        headers.addresses(value)
        headers.date(value)
        headers.message_ids(value)
        headers.parameters(headers.words(value))
