"""What the listening page shows around the sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.call_facts import CallParty, MaskedSpan
from muniment.readers.calls import Call
from muniment.web import player
from muniment.web.player import Mark
from tests.readers.calls.samples import STARTED, the_facts


def call(**changes: object) -> Call:
    return Call(the_facts(10, **changes))


def test_masks_and_holds_stand_in_their_order_within_the_sound() -> None:
    masks = (
        MaskedSpan(STARTED + 4000, STARTED + 6000, 1, "sip"),
        MaskedSpan(STARTED - 1000, STARTED + 1000, None, "dtmf", "201"),
        MaskedSpan(STARTED + 20_000, STARTED + 30_000, None, "api"),
    )
    found = player.player(call(masks=masks, holds=((STARTED + 2000, STARTED + 3000),)), "siprec", 10_000, 2)
    assert found.channels == ("Bo", "Asha")
    assert found.marks == (
        Mark(0, 1000, -1, "mask", "paused by keys, by 201"),
        Mark(2000, 3000, -1, "hold", "on hold"),
        Mark(4000, 6000, 1, "mask", "the switch paused the recording"),
    )


def test_a_person_who_asked_for_silence_has_a_name_and_anything_else_that_did_keeps_its_own() -> None:
    masks = (
        MaskedSpan(STARTED, STARTED + 1000, None, "api", "per_aaaa"),
        MaskedSpan(STARTED + 2000, STARTED + 3000, None, "rule", "payments"),
    )
    found = player.player(call(masks=masks), "siprec", 10_000, 2, (), {"per_aaaa": "Beata"}.__getitem__)
    assert [one.words for one in found.marks] == [
        "a program paused the recording, by Beata",
        "paused by rule, by payments",
    ]


def test_nobody_is_named_who_is_not_known() -> None:
    unknown = call(parties=(CallParty("caller"), CallParty("called", dialled="201")))
    assert player.names(unknown.facts, "siprec", 2) == ("Caller", "201")
    assert player.names(call(parties=()).facts, "siprec", 2) == ("Caller", "Called")
    assert player.names(call().facts, "audio", 2) == ("Left channel", "Right channel")
    assert player.names(call().facts, "siprec", 1) == ("Everybody, in one channel",)


def test_what_cannot_be_heard_is_told() -> None:
    assert player.player(call(), "siprec", 1000, 2, ("G729 is recorded.",)).notes == ("G729 is recorded.",)
    assert player.player(call(), "siprec", 1000, 2).notes == ()


def test_a_file_begins_when_somebody_answered() -> None:
    masks = (MaskedSpan(STARTED + 4000, STARTED + 6000, None, "new reason"),)
    found = player.player(call(answered=STARTED + 3000, masks=masks), "audio", 7000, 1)
    assert found.marks == (Mark(1000, 3000, -1, "mask", "new reason"),)


@pytest.mark.parametrize(
    ("text", "ms"),
    [("65", 65_000), ("1:05", 65_000), (" 1:02:05.5 ", 3_725_500), ("0,25", 250), ("", None), ("a", None),
     ("1:2:3:4", None), ("-1", None), ("1:-5", None), ("٣", None), ("1.x", None), ("9" * 9, None)],
)  # fmt: skip
def test_moments_are_read_as_people_write_them(text: str, ms: int | None) -> None:
    assert player.moment_of(text) == ms


@given(st.integers(0, 3_599_999))
def test_an_exact_moment_is_that_moment(ms: int) -> None:
    assert player.moment_of(player.exact(ms)) == ms


@given(st.integers(0, 359_999))
def test_a_moment_that_is_written_is_read_again(seconds: int) -> None:
    assert player.moment_of(player.clock(seconds * 1000)) == seconds * 1000
