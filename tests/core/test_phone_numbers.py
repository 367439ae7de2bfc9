"""Phone numbers in any writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.phone_numbers import address, e164, is_extension, national


@pytest.mark.parametrize(
    "written",
    [
        "01632 960001", "01632960001", "(01632) 960001", "01632-960-001", "+44 1632 960001", "00441632960001",
        "+44 (0)1632 960001", "tel:+44-1632-960001", "sip:+441632960001@pbx.example", "01632\u00a0960\u2011001",
        "sip:01632960001@pbx.example;user=phone",
    ],
)  # fmt: skip
def test_every_writing_of_one_number_is_one_number(written: str) -> None:
    assert e164(written) == "+441632960001"
    assert address(f"Ann <{written}>") == "+441632960001"


@pytest.mark.parametrize(
    "written", ["201", "anonymous", "", "999", "sip:ann@example.com", "12", "+44 12", "٠١٢٣٤٥٦٧"]
)
def test_what_is_no_number_is_not_made_one(written: str) -> None:
    assert e164(written) == ""


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("201", "ext:201"),
        ("sip:201@pbx.example", "ext:201"),
        ("sip:Ann.Lee@Example.COM:5061;transport=tls", "sip:ann.lee@example.com"),
        ("Ann <sips:ann@[2001:db8::1]>", "sip:ann@[2001:db8::1]"),
        ("Anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_other_addresses_have_one_form_too(written: str, found: str) -> None:
    assert address(written) == found


def test_a_number_of_elsewhere_is_read_by_its_country() -> None:
    assert e164("+1 572 256 8385") == "+15722568385"
    assert e164("030 12345678", "DE") == "+493012345678"


def test_people_read_a_number_as_they_write_it() -> None:
    assert national("+441632960001") == "01632 960001"
    assert national("+493012345678").startswith("+49 30")
    assert national("ext:201") == "ext:201"


def test_an_extension_is_few_digits() -> None:
    assert is_extension("ext:201") == "201"
    assert is_extension("1234567") == ""


@given(st.text(max_size=200))
def test_any_text_has_an_address_and_it_is_stable(text: str) -> None:
    once = address(text)
    assert address(once) == once
