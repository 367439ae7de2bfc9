"""The key lives in memory, has one length, and its absence is said clearly."""

from collections.abc import Iterator

import pytest

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.database import keys


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = list(keys._held)
    yield
    keys._held[:] = before


def test_the_key_that_was_set_is_the_key_that_is_got() -> None:
    keys.set_key(b"k" * 32)
    assert keys.get_key() == b"k" * 32


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(WrongUseError, match=str(length)):
        keys.set_key(b"k" * length)


def test_without_a_key_the_error_says_what_to_do() -> None:
    keys.forget_key()
    with pytest.raises(NotAvailableError, match="passphrase"):
        keys.get_key()


def test_a_refused_key_does_not_replace_the_one_that_is_held() -> None:
    keys.set_key(b"a" * 32)
    with pytest.raises(WrongUseError):
        keys.set_key(b"short")
    assert keys.get_key() == b"a" * 32
