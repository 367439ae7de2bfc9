"""Recovery shares: enough of them give the secret back, fewer give nothing, slips are noticed."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.vault import shares


@given(st.binary(min_size=1, max_size=40), st.integers(2, 5), st.integers(0, 3), st.randoms())
def test_any_enough_give_it_back(secret: bytes, threshold: int, spare: int, order: Random) -> None:
    parts = list(shares.split(secret, threshold=threshold, count=threshold + spare))
    order.shuffle(parts)
    written = [shares.write(part) for part in parts[:threshold]]
    assert shares.combine([shares.read(text) for text in written]) == secret


def test_every_pair_of_three() -> None:
    secret = bytes(range(32))
    parts = shares.split(secret, threshold=2, count=3)
    for pair in itertools.permutations(parts, 2):
        assert shares.combine(pair) == secret


def test_too_few_give_nothing() -> None:
    parts = shares.split(b"secret", threshold=3, count=4)
    for few in (parts[:2], (parts[0], parts[0], parts[0]), ()):
        with pytest.raises(WrongUseError):
            shares.combine(few)


def test_one_share_below_the_threshold_fits_every_secret() -> None:
    # For each secret there is a polynomial through the share that somebody has: they learn nothing.
    (share,) = shares.split(b"\x00", threshold=2, count=2)[:1]
    possible = {
        shares.combine([share, shares.Share(share.group, 2, 2, bytes([other]))]) for other in range(256)
    }
    assert possible == {bytes([value]) for value in range(256)}


def test_shares_of_two_splittings_do_not_mix() -> None:
    one, other = (shares.split(b"secret", threshold=2, count=2) for _ in range(2))
    with pytest.raises(WrongUseError, match="do not belong together"):
        shares.combine((one[0], other[1]))


@given(st.data())
def test_a_slip_of_the_pen_is_noticed(data: st.DataObject) -> None:
    text = shares.write(shares.Share(b"abcd", 2, 1, bytes(range(32))))
    at = data.draw(st.integers(len("muniment-share-1-"), len(text) - 1).filter(lambda i: text[i] != "-"))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda c: c != text[at]))
    try:
        read = shares.read(text[:at] + other + text[at + 1 :])
    except WrongUseError:
        return
    # The last letter has bits that mean nothing: only there may a slip go unnoticed, and do no harm.
    assert at == len(text) - 1
    assert read == shares.read(text)


def test_spaces_and_capitals_are_forgiven() -> None:
    share = shares.split(bytes(32), threshold=2, count=2)[1]
    assert shares.read(f"  {shares.write(share).upper()}\n") == share


@given(st.text(max_size=120))
def test_junk_is_refused(text: str) -> None:
    with pytest.raises(WrongUseError):
        shares.read(text)


@pytest.mark.parametrize(("threshold", "count"), [(1, 3), (4, 3), (2, 256)])
def test_splittings_that_make_no_sense(threshold: int, count: int) -> None:
    with pytest.raises(WrongUseError):
        shares.split(b"x", threshold=threshold, count=count)
