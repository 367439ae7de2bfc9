"""Which keys silence a call, however they arrive, and that nothing of any key is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp.keys import LETTERS, PAUSE, Keys, Pressed
from muniment.capture.calls.rtp.orders import KeyRule

RULE = KeyRule("till", "*7", "*8")
S = 1_000_000


def meanings(keys: Keys, pressed: str, *, step: int = S // 4, copies: int = 3, first: int = 0) -> list[str]:
    """Press keys, each sent several times, and give what they meant."""
    found: list[str] = []
    for number, letter in enumerate(pressed):
        for _ in range(copies):
            stamp = (first + number * 1600) % 2**32
            found += [one.meaning for one in keys.take(LETTERS.index(letter), stamp, number * step)]
    return found


@pytest.mark.parametrize(
    ("pressed", "found"),
    [
        ("*7", ["pause"]),
        ("*8", ["resume"]),
        ("123*7456*8", ["pause", "resume"]),
        ("**7", ["pause"]),
        ("*17", []),
        ("7*", []),
        ("*7*7", ["pause", "pause"]),
    ],
)
def test_a_sequence_counts_wherever_it_stands_among_others(pressed: str, found: list[str]) -> None:
    assert meanings(Keys([RULE]), pressed) == found


def test_a_key_that_is_sent_again_or_comes_late_counts_once() -> None:
    keys = Keys([KeyRule("a", "11", "")])
    assert meanings(keys, "1", copies=9) == []
    assert meanings(keys, "1", first=2**32 - 100) == []  # it was sent before the last
    assert meanings(keys, "1", first=5000) == ["pause"]


def test_a_timestamp_may_wrap() -> None:
    assert meanings(Keys([RULE]), "*7", first=2**32 - 800) == ["pause"]


def test_after_a_while_a_sequence_begins_anew() -> None:
    assert meanings(Keys([RULE]), "*7", step=PAUSE + 1) == []


@pytest.mark.parametrize(("keys", "typed"), [("1213", "121213"), ("112", "1112"), ("##1", "###1")])
def test_a_beginning_within_a_sequence_is_not_lost(keys: str, typed: str) -> None:
    assert meanings(Keys([KeyRule("a", keys)]), typed) == ["pause"]


@given(st.text("0123456789*#", max_size=30), st.text("0123456789*#", min_size=1, max_size=5))
def test_it_finds_what_a_search_in_the_whole_would(typed: str, wanted: str) -> None:
    found = meanings(Keys([KeyRule("a", wanted)]), typed, step=1, copies=2)
    assert bool(found) == (wanted in typed)


def test_each_key_silences_for_a_while_where_a_rule_says_so() -> None:
    keys = Keys([KeyRule("a", seconds=20), RULE])
    assert keys.take(5, 0, 1) == (Pressed("key", "a", 20 * S),)
    assert keys.take(77, 1600, 2) == ()  # no key of a telephone
    assert keys.take(-1, 3200, 3) == ()


@given(st.lists(st.integers(0, 15), min_size=1, max_size=12))
def test_nothing_of_any_key_is_kept(events: list[int]) -> None:
    keys = Keys([RULE])
    for number, event in enumerate(events):
        keys.take(event, number * 1600, number)
    typed = "".join(LETTERS[event] for event in events)
    held = [each.come for each in keys.sequences]
    assert all(come < 2 for come in held)  # how far a sequence has come, and no key
    assert repr(keys) == f"Keys(rules={[RULE]!r})", typed
