"""From bytes and capture statement to a call."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from muniment.capture.statement import CaptureStatement, Channel, Form
from muniment.core.call_facts import CallFacts
from muniment.readers.calls.reading import read_call
from tests.readers.calls.samples import STARTED, a_call, the_facts, tone
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_vcon import vcon


def statement(
    form: Form, channel: Channel = "call", origin: str = "a.wav", facts: CallFacts | None = None
) -> bytes:
    return CaptureStatement(
        source="pbx",
        received=1_700_000_100,
        form=form,
        sha256="ab" * 32,
        channel=channel,
        origin=origin,
        call=facts or UNSET,
    ).encode()


def test_a_container_speaks_for_itself() -> None:
    call = read_call(a_call(), statement("siprec"))
    assert call.facts == the_facts()
    assert (call.seconds, call.sound, call.unreadable) == (3, "2 streams as sent: PCMU", "")


def test_one_that_was_cut_off_still_says_when_it_was() -> None:
    data = a_call()
    call = read_call(data[: len(data) * 2 // 3], statement("siprec"))
    assert (call.facts.started, call.facts.id) == (STARTED, "c1")
    assert 1 <= call.seconds <= 3
    assert any("cut off" in defect for defect in call.defects)


def test_a_recording_in_segments_is_known_by_its_statement() -> None:
    call = read_call(b"", statement("siprec", facts=the_facts(3600)))
    assert (call.subject, call.unreadable) == ("Call, 1 h 0 min", "")


def test_a_sound_file_brings_its_length_and_the_switch_everything_else() -> None:
    data = written("WAV", "PCM_16", tone(440, 5))
    call = read_call(data, statement("audio", facts=the_facts(5)))
    assert (call.seconds, call.defects) == (5, ())
    assert call.sound == "WAV, Signed 16 bit PCM, 8000 Hz, one channel"
    shorter = read_call(data, statement("audio", facts=the_facts(60)))
    assert shorter.defects == ("the recording has 5 s, the switch says 60 s",)


def test_a_sound_file_that_nobody_explains_counts_by_its_arrival() -> None:
    call = read_call(written("WAV", "PCM_16"), statement("audio", "voicemail"))
    assert (call.facts.started, call.facts.ended) == (1_700_000_100_000, 1_700_000_101_000)
    assert call.subject == "Voicemail, 1 s"
    assert "its arrival stands for it" in call.defects[0]


def test_a_vcon_brings_its_own_account_and_its_own_sound() -> None:
    call = read_call(vcon(), statement("vcon", origin="a.json"))
    assert [one.address for one in call.parties] == ["+441632960001", "ext:201"]
    assert (call.seconds, call.text) == (2, "a written word")
    assert call.defects == ()


def test_a_vcon_is_read_by_the_region_of_its_statement() -> None:
    original = vcon(parties=[{"tel": "01 555 0134"}])
    said = CaptureStatement(
        source="spool", received=1, form="vcon", sha256="", channel="call", region="IE"
    ).encode()
    call = read_call(original, said)
    assert call.facts.parties[0].e164 == "+35315550134"
    assert "+35315550134" in {one.address for one in call.parties}


@pytest.mark.parametrize("form", ["siprec", "audio", "vcon"])
def test_what_cannot_be_read_keeps_its_facts_and_says_why(form: Form) -> None:
    call = read_call(b"%PDF-1.7 not at all", statement(form, facts=the_facts()))
    assert call.unreadable
    assert call.facts == the_facts()


@given(
    st.binary(max_size=300),
    st.sampled_from(["siprec", "audio", "vcon"]),
    st.sampled_from([b"", b"MNCALL1\n", b"RIFF\0\0\0\0WAVEfmt ", b'{"vcon":']),
)
@settings(deadline=None)
def test_it_never_raises(data: bytes, form: Form, start: bytes) -> None:
    read_call(start + data, statement(form))
