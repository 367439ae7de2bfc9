"""The options that name a source: one, or none, and no secret among them."""

from pathlib import Path

import pytest

from muniment.cli import sources
from muniment.core.errors import WrongUseError
from muniment.vault.wrapping.passphrase import PassphraseWrapper


def test_a_key_service_with_its_defaults_and_absolute_paths(tmp_path: Path) -> None:
    made = sources.key_service("https://vault.example:8200", token_file=tmp_path / "token")
    assert made is not None
    wrapped = made._service
    assert (wrapped.key, wrapped.mount) == ("muniment", "transit")
    assert wrapped.token_file == str(tmp_path / "token")
    relative = sources.key_service("https://vault.example", authority=Path("ca.pem"))
    assert relative is not None
    assert relative._service.authority == str(Path("ca.pem").absolute())


def test_none_two_or_half_of_one(tmp_path: Path) -> None:
    assert sources.key_service("") is None
    assert sources.one_of(None, None) is None
    with pytest.raises(WrongUseError, match="No key service was named"):
        sources.key_service("", "name")
    (tmp_path / "words").write_text("some words")
    assert isinstance(sources.one_of(None, tmp_path / "words"), PassphraseWrapper)
    with pytest.raises(WrongUseError, match="not both"):
        sources.one_of(sources.key_service("https://vault.example"), tmp_path / "words")
