"""What the recorder knows of a call under way. With real workers in test_recorder."""

from pathlib import Path

from muniment.capture.calls import container
from muniment.capture.calls.ports import Codec, MediaOffer
from muniment.capture.calls.recordings import Recording, stream_chunk
from muniment.capture.calls.rtp import orders
from muniment.capture.calls.silences import CardRules
from muniment.core.call_facts import CallFacts, CallStream
from muniment.core.card_settings import CardRule
from tests.capture.calls.call_keeper import texts
from tests.capture.calls.client import ORGANISATION


def recording() -> Recording:
    return Recording(ORGANISATION, "call_1", 1_000, 0, Path("call_1.live"), bytes(32), b"head")


def told(what: str, at: int, lasts: int) -> orders.Told:
    return orders.Told("call_1", what, at=at, lasts=lasts)


def test_its_key_is_in_no_text_of_it() -> None:
    assert "key=" not in repr(recording())


def test_a_worker_is_told_of_the_keys_that_silence_its_organisation_s_calls() -> None:
    mine = CardRule(organisation=ORGANISATION, name="card", keys_seconds=20)
    rules = CardRules((mine, CardRule(organisation="org_other", name="theirs", keys_seconds=9)))
    opening = recording().opening(rules, again=True)
    assert [(each.name, each.seconds) for each in opening.keys] == [("card", 20)]
    assert opening.again


def test_silences_by_keys_that_overlap_are_one_and_a_resume_ends_a_pause() -> None:
    made = recording()
    made.note_keys(told("key", 100, 50))
    made.note_keys(told("key", 120, 50))
    assert (made.paused["key"].at, made.paused["key"].lasts) == (100, 70)
    made.note_keys(told("pause", 200, 10))
    made.note_keys(told("resume", 205, 0))
    assert set(made.paused) == {"key"}


def test_what_was_counted_stands_under_the_label_and_party_that_were_said() -> None:
    made = recording()
    made.defects.append("a worker ended")
    said = CallStream(0, "a_leg", 1, (), 0, 0, 0, 0, 0.0, 0.0, 0)
    counted = CallStream(0, "", None, ("PCMU",), 50, 2, 0, 0, 1.5, 4.2, 0)
    facts = CallFacts(id="call_1", direction="inbound", started=1_000, ended=2_000, streams=(said,))
    closed = orders.Closed("call_1", (counted,), ((1_100, 1_200, None, "api", "per_x"),), True, ("lost",))
    done = made.completed(facts, closed)
    assert [(each.label, each.party, each.packets) for each in done.streams] == [("a_leg", 1, 50)]
    assert [(each.start, each.end, each.why) for each in done.masks] == [(1_100, 1_200, "api")]
    assert done.dtmf
    assert done.defects == ("a worker ended", "lost")


def test_a_stream_is_written_with_its_codecs() -> None:
    offer = MediaOffer(2, "left", "192.0.2.20", 4000, {8: Codec("PCMA", 8000)}, direction="sendonly")
    (said,) = texts(container.head("call_1", 1_000, "sbc") + stream_chunk(offer), "T")
    assert (said["stream"], said["label"], said["direction"]) == (2, "left", "sendonly")
    assert said["codecs"] == {"8": {"name": "PCMA", "rate": 8000, "channels": 1, "fmtp": ""}}
