"""Calls are catalogued and found by everything but what was said in them."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from muniment.capture.calls.spool.importing import SpoolImport
from muniment.capture.statement import CaptureStatement
from muniment.capture.stream import seal_stream
from muniment.catalogue import records
from muniment.catalogue.models import CallDetail
from muniment.catalogue.records import RecordView, Sight
from muniment.core import ids
from muniment.core.announcement_settings import Announcement
from muniment.core.call_facts import CallParty, MaskedSpan, NoticeEvidence
from muniment.core.prompts import Prompt
from muniment.search import follow
from muniment.vault.keeper import index_door
from tests.capture.calls.spool.samples import Memory
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_matching import NAMED
from tests.capture.calls.spool.test_voicemail import MESSAGE
from tests.core.test_prompts import speech
from tests.readers.calls.samples import STARTED, a_call, the_facts, tone
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_vcon import vcon
from tests.search.samples import RECEIVED, Finding, mail
from tests.search.test_follow import rebuild_warrant
from tests.vault.keeper.test_streams import Capture

SOUND = written("WAV", "PCM_16", tone(440, 2))


def shown(finding: Finding, record: str, sight: Sight = Sight.FULL) -> RecordView:
    found = records.record(finding.organisation, record, sight)
    assert found is not None
    return found


@pytest.fixture
def three(finding: Finding) -> tuple[Finding, str, str, str]:
    """A recorded call of three seconds, an imported one of ten minutes, a voicemail; and a mail."""
    recorded = finding.seal_call(a_call(), "siprec")
    long = the_facts(600, id="c2", global_id="g2", direction="outbound", queue="", streams=(), dtmf=True,
                     parties=(CallParty("caller", extension="305", name="Cy"), CallParty("called", dialled="+49 30 12345678")),
                     masks=(MaskedSpan(STARTED, STARTED + 4000, None, "api"),), notice=NoticeEvidence("not-feasible"))  # fmt: skip
    imported = finding.seal_call(SOUND, facts=long)
    left = finding.seal_call(SOUND, channel="voicemail", facts=the_facts(2, id="c3", global_id="", queue="", notice=NoticeEvidence("not-required")))  # fmt: skip
    finding.seal(mail("The call about 01632 960001"))
    finding.follow_all()
    return finding, recorded, imported, left


def test_a_call_is_shown_with_its_facts(three: tuple[Finding, str, str, str]) -> None:
    finding, recorded, imported, left = three
    view = shown(finding, recorded)
    assert (view.channel, view.form, view.subject, view.sent) == (
        "call",
        "siprec",
        "Call, 3 s",
        STARTED // 1000,
    )
    assert [(one.role, one.address, one.name) for one in view.parties] == [
        ("caller", "+441632960001", "Bo"), ("agent", "ext:201", "Asha"),
    ]  # fmt: skip
    assert view.call is not None
    assert (view.call.direction, view.call.queue, view.call.extension) == ("inbound", "Sales UK", "201")
    assert (view.call.seconds, view.call.talk_seconds, view.call.mos, view.call.lost) == (3, 3, 3.3, 1)
    second = shown(finding, imported, Sight.METADATA)
    assert second.call is not None
    assert (second.call.masked_ms, second.call.keys_pressed, second.call.notice) == (
        4000,
        True,
        "not-feasible",
    )
    assert (second.subject, second.defects) == (None, ())
    assert shown(finding, left).subject == "Voicemail, 2 s"


def test_calls_are_found_by_what_is_known_of_them(three: tuple[Finding, str, str, str]) -> None:
    finding, recorded, imported, left = three
    every = {recorded, imported, left}
    for query, right in {
        "channel:call": {recorded, imported},
        "channel:voicemail": {left},
        "has:voicemail": {left},
        'from:"01632 960001"': {recorded, left},
        "from:01632960001": {recorded, left},
        "party:+441632960001": {recorded, left},
        'party:"(01632) 960-001"': {recorded, left},
        'to:"0049 30 12345678"': {imported},
        "to:201": {recorded, left},
        "extension:201": {recorded, left},
        "from:305": {imported},
        'queue:"sales uk"': {recorded},
        "queue:sales": {recorded},
        "direction:out": {imported},
        "direction:inbound": {recorded, left},
        "duration:<1m": every,
        "duration:>2s": {recorded},
        "duration:>1s": every,
        "notice:played": {recorded},
        "masked:yes": {imported},
        "masked:no": {recorded, left},
        "mos:<3.5": {recorded, left},
        "mos:<3": set(),
        "from:bo": {recorded, left},
        "call": set(),
        "after:2023-11-14 before:2023-11-16": every,
        "channel:call -masked:yes": {recorded},
    }.items():
        assert set(finding.locate(query).ids) & every == right, query


def test_an_erasure_leaves_only_the_fact(three: tuple[Finding, str, str, str]) -> None:
    finding, recorded, _, left = three
    finding.firm.erase(finding.firm.erasure_warrant(recorded), recorded)
    finding.follow_all()
    assert not CallDetail.objects.filter(pk=recorded).exists()
    view = shown(finding, recorded)
    assert (view.erased_at is not None, view.call, view.parties, view.subject) == (True, None, (), "")
    assert recorded not in finding.locate("channel:call").ids
    assert recorded not in finding.locate("from:01632960001").ids
    assert left in finding.locate("from:01632960001").ids


def test_a_rebuild_brings_the_same_rows(three: tuple[Finding, str, str, str]) -> None:
    finding, *calls = three
    before = [shown(finding, one) for one in calls]
    rebuild_warrant(finding)
    follow.begin_again(finding.organisation, finding.doors)
    assert not CallDetail.objects.exists()
    finding.follow_all()
    assert [shown(finding, one) for one in calls] == before


def test_recordings_of_one_call_are_one_conversation(finding: Finding) -> None:
    one = finding.seal_call(SOUND, facts=the_facts(2, id="a", parts=("b",)))
    other = finding.seal_call(SOUND + b"\0\0", facts=the_facts(2, id="b", parts=("a",)))
    finding.follow_all()
    view = shown(finding, one)
    assert [each.id for each in records.thread(finding.organisation, view.thread, Sight.FULL)] == [one, other]
    assert view.copies == ()
    assert view.call is not None
    assert view.call.parts == ("b",)


def test_a_recording_in_segments_is_known_by_its_statement(finding: Finding) -> None:
    facts = the_facts(3600)
    name = ids.new_record_id()

    def told(extent) -> bytes:
        return CaptureStatement(source="sip", received=RECEIVED, form="siprec", sha256=extent.digest.hex(), channel="call", call=facts).encode()  # fmt: skip

    seal_stream(Capture(finding.firm), finding.organisation, [b"x" * 500_000], told, name)
    finding.follow_all()
    view = shown(finding, ids.record_text(name))
    assert (view.subject, view.size, view.unreadable) == ("Call, 1 h 0 min", 500_000, "")
    assert finding.locate("duration:>59m").ids == (view.id,)


def test_a_recording_in_segments_is_listened_to_for_its_notice(
    finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = Prompt("welcome", 3, "en-GB", speech(1, 3).astype("<i2").tobytes())
    known = Announcement(organisation=finding.organisation, name="welcome", version=3, file="x")
    finding.readers.with_prompts({known: prompt})
    monkeypatch.setattr(index_door, "BEGINNING", 200_000)
    sound = written("WAV", "PCM_16", np.concatenate([speech(2, 1), speech(1, 3), speech(3, 40)]))
    facts = the_facts(40, notice=NoticeEvidence("unknown"))
    name = ids.new_record_id()

    def told(extent) -> bytes:
        return CaptureStatement(source="pbx", received=RECEIVED, form="audio", sha256=extent.digest.hex(), channel="call", call=facts).encode()  # fmt: skip

    seal_stream(Capture(finding.firm), finding.organisation, [sound], told, name)
    finding.follow_all()
    call = shown(finding, ids.record_text(name)).call
    assert call is not None
    assert (call.evidence.state, call.evidence.announcement, call.evidence.version) == (
        "played",
        "welcome",
        3,
    )
    assert finding.locate("notice:played").ids == (ids.record_text(name),)


def test_a_vcon_is_found_by_its_parties_and_its_written_words(finding: Finding) -> None:
    name = finding.seal_call(vcon(), "vcon", origin="a.json")
    finding.follow_all()
    for query in ("written", "from:01632960001", "to:201", "to:asha"):
        assert finding.locate(query).ids == (name,), query


def test_a_recording_that_cannot_be_read_is_found_all_the_same(finding: Finding) -> None:
    name = finding.seal_call(b"RIFF no sound at all", facts=the_facts())
    assert finding.follow().unreadable == 1
    view = shown(finding, name)
    assert "It is no sound file" in view.unreadable
    assert finding.locate("queue:sales").ids == (name,)


def test_a_mail_with_a_voicemail_stays_a_mail_and_is_marked(finding: Finding) -> None:
    (name,) = finding.seal(mail("Voicemail from 01632 960001", attachment="msg0001.wav"))
    finding.seal(mail("Prices", attachment="prices.csv"))
    finding.follow_all()
    assert finding.locate("has:voicemail channel:e-mail").ids == (name,)


def test_real_recordings_from_a_switch_s_folder_are_found_by_who_called(
    finding: Finding, shared_data: Path, tmp_path: Path
) -> None:
    folder, data = tmp_path / "monitor", shared_data / "calls"
    (folder / "201" / "INBOX").mkdir(parents=True)
    copies = {
        NAMED: "speech_pocketsphinx/sense_and_sensibility_01_austen_64kb-0880.wav",
        "stereo.wav": "speech_lhotse/stereo.wav",
        "prompt.gsm": "prompts_gsm/conf-now-recording.gsm",
        "agent.mp3": "vcon/05cec3d4-0561-4010-9fb8-23cc7edef146.mp3",
        "agent.vcon.json": "vcon/05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json",
        "201/INBOX/msg0000.wav": "voicemail_ms/message_1.wav",
    }
    for name, source in copies.items():
        shutil.copy(data / source, folder / name)
        os.utime(folder / name, (1, 1))
    (folder / "Master.csv").write_text(FREEPBX)
    (folder / "201/INBOX/msg0000.txt").write_bytes(MESSAGE)
    work = SpoolImport(Capture(finding.firm), finding.organisation, Memory())
    assert work.run([folder]).sealed == len(copies)
    finding.follow_all()
    every = records.records(finding.organisation, finding.locate("*").ids, Sight.FULL)
    assert len(every) == len(copies)
    assert [one.unreadable for one in every] == [""] * len(copies)
    assert all(one.call and one.call.seconds >= 1 for one in every)
    assert len(finding.locate("from:01632960001 channel:call").ids) == 1
    assert len(finding.locate("channel:voicemail to:201").ids) == 1
    assert len(finding.locate('party:"+1 572 256 8385"').ids) == 1
    assert len(finding.locate("to:asha OR from:bo").ids) == 2
