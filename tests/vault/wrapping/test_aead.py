"""One secret under one key and one name: any other key, name or byte opens nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.vault.wrapping import aead

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.text(max_size=20), st.binary(max_size=64))
def test_what_is_wrapped_opens(key: bytes, name: str, secret: bytes) -> None:
    assert aead.unwrap(key, name, aead.wrap(key, name, secret)) == secret


@given(KEYS, KEYS, st.integers(min_value=0), st.integers(1, 255))
def test_nothing_else_opens_it(key: bytes, other: bytes, place: int, change: int) -> None:
    wrapped = aead.wrap(key, "name", b"secret")
    flipped = bytearray(wrapped)
    flipped[place % len(wrapped)] ^= change
    tries = [
        (key, "other", wrapped),
        (key, "name", bytes(flipped)),
        (key, "name", wrapped[:-1]),
        (key, "name", b""),
    ]
    tries += [(other, "name", wrapped)] if other != key else []
    for attempt in tries:
        with pytest.raises(FaultFoundError):
            aead.unwrap(*attempt)
