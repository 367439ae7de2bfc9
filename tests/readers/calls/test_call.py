"""The typed form of a call."""

import msgspec

from muniment.core.call_facts import CallParty, MaskedSpan
from muniment.core.call_outline import addresses_of
from muniment.readers.calls.call import Call, length_in_words
from tests.readers.calls.samples import STARTED, the_facts


def test_its_line_says_nothing_of_what_was_said() -> None:
    facts = the_facts(252)
    assert Call(facts, seconds=252).subject == "Call, 4 min 12 s"
    assert Call(facts, channel="voicemail", seconds=12).subject == "Voicemail, 12 s"
    assert length_in_words(3780) == "1 h 3 min"
    assert length_in_words(-5) == "0 s"


def test_every_address_of_a_party_finds_it() -> None:
    call = Call(the_facts())
    assert [(one.role, one.address) for one in call.parties] == [
        ("caller", "+441632960001"), ("agent", "ext:201"),
    ]  # fmt: skip
    party = CallParty("agent", dialled="201", address="sip:asha@pbx.example", extension="201")
    assert addresses_of(party) == ("sip:asha@pbx.example", "ext:201")


def test_figures_are_of_the_whole_call() -> None:
    masks = (
        MaskedSpan(0, 1000, 0, "api"),
        MaskedSpan(500, 1500, 1, "api"),
        MaskedSpan(3000, 3100, None, "api"),
    )
    call = Call(the_facts(masks=masks))
    assert call.masked_ms == 1600
    assert call.mos_hundredths == 330
    assert call.lost == 1
    assert call.talk_seconds == 3
    assert call.extension == "201"
    assert call.message_id == "call:g1"


def test_nobody_answered_and_nobody_knows_when() -> None:
    call = Call(the_facts(answered=0, started=0, streams=(), parties=()))
    assert (call.talk_seconds, call.date, call.mos_hundredths, call.extension) == (0, None, 0, "")
    began = Call(the_facts()).date
    assert began is not None
    assert began.timestamp() * 1000 == STARTED
    assert Call(the_facts(started=2**62)).date is None


def test_it_travels_as_it_is() -> None:
    call = Call(the_facts(), seconds=3, mails=(("asha@x.example", "Asha"),))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(call), type=Call) == call
    assert call.parties[-1].role == "agent"
