"""The keys of sign-in, in memory only."""

from collections.abc import Iterator

import pytest

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.people import keys


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = list(keys._held)
    keys.forget()
    yield
    keys._held[:] = before


def test_a_process_without_keys_checks_no_code() -> None:
    with pytest.raises(NotAvailableError, match="was not given its keys"):
        keys.totp_key()


def test_a_process_without_keys_gets_a_fresh_secret_each_time() -> None:
    assert keys.django_secret() != keys.django_secret()


def test_what_is_held_is_given_back_and_never_shown() -> None:
    held = keys.SignInKeys("secret", bytes(32))
    keys.hold(held)
    assert (keys.django_secret(), keys.totp_key()) == ("secret", bytes(32))
    assert "secret" not in repr(held)


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(WrongUseError, match="32 bytes, not 5"):
        keys.hold(keys.SignInKeys("secret", b"short"))
