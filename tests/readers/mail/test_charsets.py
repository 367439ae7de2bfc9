"""Bytes to text, whatever charset the sender says it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.mail import charsets


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        (b"caf\xc3\xa9", "utf-8", "café"),
        (b"caf\xe9", "ISO-8859-1", "café"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
        (b"\xc4\xe3\xba\xc3", "gb2312", "你好"),
        (b"\x82\xa0", "shift_jis", "あ"),
        (b"\xb0\xa1", "ks_c_5601-1987", "가"),
        (b"plain", "us-ascii", "plain"),
    ],
)
def test_a_true_label_is_followed_as_mail_programs_follow_it(data: bytes, label: str, text: str) -> None:
    assert charsets.decode(data, label) == (text, "")


@pytest.mark.parametrize("label", ["x-unknown", "base64", "zip", "idna", "punycode", "a\x00b", "é" * 90])
def test_a_label_that_is_no_charset_is_a_defect_and_the_text_is_guessed(label: str) -> None:
    text, defect = charsets.decode("naïve".encode(), label)
    assert text == "naïve"
    assert "not known" in defect


def test_a_label_that_is_not_true_is_a_defect() -> None:
    text, defect = charsets.decode("naïve".encode(), "us-ascii")
    assert text == "naïve"
    assert "not true" in defect


def test_no_label_and_eight_bits_is_guessed_without_complaint() -> None:
    assert charsets.decode(b"caf\xe9", "") == ("café", "")


def test_half_of_a_surrogate_pair_never_comes_out() -> None:
    text, _ = charsets.decode(b"+2AA-", "utf-7")
    assert text.encode()


@given(
    st.binary(max_size=200), st.text(max_size=20) | st.sampled_from(["utf-7", "utf-16", "hz", "iso-2022-jp"])
)
def test_it_never_fails_and_gives_text_that_any_store_takes(data: bytes, label: str) -> None:
    text, _ = charsets.decode(data, label)
    text.encode()
