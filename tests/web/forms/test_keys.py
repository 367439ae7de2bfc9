"""Forms for tokens and signing keys."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.authority import keyfile
from muniment.web.forms.keys import KeyFileForm, TokenForm


def pub(path: Path) -> str:
    return keyfile.write(path, keyfile.generate()).read_text()


def test_the_text_of_a_public_key_file_is_taken_with_its_id(tmp_path: Path) -> None:
    form = KeyFileForm({"public": f" {pub(tmp_path / 'key')}\n"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["public"] == keyfile.read_private(tmp_path / "key").public


def test_a_private_key_is_refused_with_a_word_of_its_own(tmp_path: Path) -> None:
    pub(tmp_path / "key")
    form = KeyFileForm({"public": (tmp_path / "key").read_text()})
    assert "make another" in str(form.errors["public"])


@given(
    st.text(max_size=80) | st.sampled_from(['{"type":"muniment/public-key/v1","key":"key_x","public":"AA"}'])
)
def test_what_is_no_key_is_refused(text: str) -> None:
    assert not KeyFileForm({"public": text}).is_valid()


def test_a_token_has_a_name_and_one_of_the_offered_times() -> None:
    assert TokenForm({"name": "report", "days": "30"}).is_valid()
    assert set(TokenForm({"name": "", "days": "31"}).errors) == {"name", "days"}
