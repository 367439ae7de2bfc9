"""Forms for tokens and signing keys."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.web.forms.keys import KeyFileForm, TokenForm


@given(st.binary(min_size=32, max_size=32))
def test_a_public_key_is_read_in_hex_and_in_base64(raw: bytes) -> None:
    for text in (
        raw.hex(),
        base64.urlsafe_b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    ):
        form = KeyFileForm({"public": f" {text}\n"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["public"] == raw


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "A" * 20, "é" * 43])
def test_what_is_no_key_is_refused(text: str) -> None:
    assert not KeyFileForm({"public": text}).is_valid()


def test_a_token_has_a_name_and_one_of_the_offered_times() -> None:
    assert TokenForm({"name": "report", "days": "30"}).is_valid()
    assert set(TokenForm({"name": "", "days": "31"}).errors) == {"name", "days"}
