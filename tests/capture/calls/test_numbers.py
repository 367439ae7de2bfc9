"""Addresses as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.numbers import e164_of, extension_of, user_of, way_of
from tests.capture.calls.client import source


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("sip:+441632960123@example.net;user=phone", "+441632960123"),
        ('"Ann" <sip:201@x>;tag=1', "201"),
        ("tel:+44-1632-960123", "+441632960123"),
        ("2249888500@172.16.198.55", "2249888500"),
        ("01632 960123", "01632960123"),
        ("Extension-208@speech.example", "Extension-208"),
        ("sip:ann.smith@example.net", "ann.smith"),
        ("192.0.2.7", ""),
        ("host.example", ""),
        ("", ""),
    ],
)
def test_the_user_is_found_however_it_is_written(address: str, user: str) -> None:
    assert user_of(address) == user


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ("+441632960123", "+441632960123"),
        ("00441632960123", "+441632960123"),
        ("01632960123", "+441632960123"),
        ("201", ""),
        ("1632960123", ""),
        ("ann", ""),
        ("+123", ""),
        ("+1234567890123456", ""),
        ("+4416٣2960123", ""),
    ],
)
def test_a_number_counts_as_international_only_where_that_is_certain(user: str, number: str) -> None:
    assert e164_of(user, source()) == number


def test_the_country_is_the_sources() -> None:
    assert e164_of("030123456", source(country="49")) == "+4930123456"


@pytest.mark.parametrize(
    ("caller", "called", "way"),
    [
        ("201", "202", "internal"),
        ("201", "+441632960123", "outbound"),
        ("+441632960123", "201", "inbound"),
        ("+441632960123", "+441632960124", "unknown"),
        ("201", "", "unknown"),
    ],
)
def test_the_way_is_told_by_who_has_an_extension(caller: str, called: str, way: str) -> None:
    assert way_of(caller, called, source()) == way


def test_extensions_are_what_the_source_says() -> None:
    assert extension_of("201", source()) == "201"
    assert extension_of("201", source(internal=r"7\d\d")) == ""
    assert extension_of("71234", source(internal=r"7\d\d")) == ""


@given(st.text(max_size=40))
def test_no_address_is_an_error(address: str) -> None:
    user = user_of(address)
    assert e164_of(user, source()) == "" or e164_of(user, source()).startswith("+")


def test_a_region_reads_national_numbers_by_its_own_plan() -> None:
    assert e164_of("016778888", source(region="IE")) == "+35316778888"
    assert e164_of("2125550123", source(region="US")) == "+12125550123"
    assert e164_of("+441632960123", source(region="IE")) == "+441632960123"
    assert e164_of("201", source(region="IE")) == ""
