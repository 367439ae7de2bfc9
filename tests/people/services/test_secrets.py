"""Secrets at rest."""

from muniment.people.services.secrets import digest, new_secret


def test_secrets_are_long_fresh_and_named() -> None:
    first, second = new_secret("mun"), new_secret("mun")
    assert first != second
    assert first.startswith("mun_")
    assert len(first) >= 40


def test_a_digest_says_nothing_of_the_secret() -> None:
    secret = new_secret("mun")
    assert len(digest(secret)) == 64
    assert secret not in digest(secret)
