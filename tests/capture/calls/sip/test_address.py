"""Addresses as vendors write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.address import (
    host_and_port,
    in_uri,
    is_numeric,
    parse_name_address,
    parse_parameters,
    parse_uri,
    parse_via,
    unquoted,
    value_of,
)
from muniment.capture.calls.sip.malformed import MalformedError


@pytest.mark.parametrize(
    ("text", "name", "uri", "tag"),
    [
        ("<sip:a@b>;tag=1", "", "sip:a@b", "1"),
        ("sip:a@b;tag=1", "", "sip:a@b", "1"),
        ('"Ann <x>, \\"B\\"" <sip:a@b;tag=no>;TAG=1', 'Ann <x>, "B"', "sip:a@b;tag=no", "1"),
        ("Ann Caller <sip:a@b>", "Ann Caller", "sip:a@b", None),
        ("<sip:a@b", "", "sip:a@b", None),
        ("", "", "", None),
    ],
)
def test_name_and_address_and_parameters_are_told_apart(
    text: str, name: str, uri: str, tag: str | None
) -> None:
    found = parse_name_address(text)
    assert (found.name, found.uri, found.parameter("tag")) == (name, uri, tag)


@pytest.mark.parametrize(
    ("text", "scheme", "user", "host", "port"),
    [
        ("sip:a@b", "sip", "a", "b", 0),
        ("SIPS:a:secret@b:5061;transport=tcp?h=1", "sips", "a", "b", 5061),
        ("sip:[2001:db8::1]:5070;lr", "sip", "", "2001:db8::1", 5070),
        ("tel:+441632960000;phone-context=x", "tel", "+441632960000", "", 0),
        ("a@b", "", "a", "b", 0),
        ("2249888500@172.16.198.55", "", "2249888500", "172.16.198.55", 0),
        ("b:5060", "", "", "b", 5060),
        ("sip:2000;x-nearend@ucm", "sip", "2000", "ucm", 0),
        ("sip:a@b:99999", "sip", "a", "b", 0),
        ("", "", "", "", 0),
    ],
)
def test_uris_are_read_with_and_without_a_scheme(
    text: str, scheme: str, user: str, host: str, port: int
) -> None:
    uri = parse_uri(text)
    assert (uri.scheme, uri.user, uri.host, uri.port) == (scheme, user, host, port)


def test_parameters_before_the_at_sign_are_found_too() -> None:
    uri = parse_uri("sip:2000;x-refci=7@ucm;x-nearend")
    assert value_of(uri.parameters, "x-refci") == "7"
    assert value_of(uri.parameters, "x-nearend") == ""
    assert value_of(uri.parameters, "absent") is None


def test_a_via_says_where_a_reply_goes() -> None:
    via = parse_via("SIP / 2.0 / UDP  [2001:db8::9]:5080 ;branch=z9hG4bK1;rport")
    assert (via.transport, via.host, via.port, via.branch) == ("UDP", "2001:db8::9", 5080, "z9hG4bK1")
    assert parse_via("SIP/2.0/TLS host.example").port is None
    for text in ("", "HTTP/1.1 h", "SIP/2.0/UDP", "SIP/2.0/UDP :5", "SIP/2.0/UDP h:99999", "SIP/2.0/UDP a b"):
        with pytest.raises(MalformedError):
            parse_via(text)


def test_hosts_and_quotes() -> None:
    assert host_and_port("[::1]:7") == ("::1", 7)
    assert host_and_port("a b") == ("a b", None)
    assert in_uri("::1") == "[::1]"
    assert in_uri("h") == "h"
    assert is_numeric("::1")
    assert not is_numeric("example.net")
    assert unquoted('"') == '"'
    assert parse_parameters(';a="x;y";B') == (("a", "x;y"), ("b", ""))


@given(st.text(max_size=80))
def test_no_text_is_an_error_but_in_a_via(text: str) -> None:
    parse_uri(parse_name_address(text).uri)
    try:
        parse_via(f"SIP/2.0/UDP {text}")
    except MalformedError:
        return
