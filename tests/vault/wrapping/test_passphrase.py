"""A passphrase wraps a key: another one, or nothing, opens nothing."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.wrapper import Cost

CHEAP = Cost(memory=64, passes=1, lanes=1)


def test_the_same_passphrase_opens_it_and_no_other() -> None:
    wrapped = PassphraseWrapper(b"one", CHEAP).wrap(b"secret", "master")
    assert PassphraseWrapper(b"one").unwrap(wrapped, "master") == b"secret"
    for wrong in (b"two", b"One", b"one "):
        with pytest.raises(RefusedError, match="does not open the key of org_a"):
            PassphraseWrapper(wrong, opens="the key of org_a").unwrap(wrapped, "master")
    with pytest.raises(RefusedError):
        PassphraseWrapper(b"one").unwrap(wrapped, "org_a")


def test_each_wrapping_has_a_salt_of_its_own() -> None:
    source = PassphraseWrapper(b"one", CHEAP)
    first, second = source.wrap(b"secret", "master"), source.wrap(b"secret", "master")
    assert first.salt != second.salt
    assert b"secret" not in first.wrapped


def test_an_empty_one_is_refused() -> None:
    with pytest.raises(WrongUseError):
        PassphraseWrapper(b"").wrap(b"secret", "master")
