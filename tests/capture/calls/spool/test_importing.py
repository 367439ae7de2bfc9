"""Recordings from files into the vault: once, whole, and with their facts."""

import hashlib
import os
import threading

import msgspec
import pytest

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool.fields import Mapped
from muniment.core.errors import NotAvailableError
from muniment.core.rule_settings import RecordingRule
from muniment.vault import segments
from muniment.vault.messages import Receipt
from muniment.vault.sealing import EpochKey, SealedBatch
from tests.capture.calls.spool.samples import OLD, Spool, sound
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_matching import NAMED
from tests.capture.calls.spool.test_voicemail import MESSAGE
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper


def test_a_recording_is_sealed_as_it_is_with_the_switch_s_account(spool: Spool) -> None:
    spool.put(NAMED, sound())
    spool.put("Master.csv", FREEPBX)
    summary = spool.run(source="pbx")
    assert (summary.seen, summary.sealed, summary.failed, summary.bytes) == (1, 1, 0, len(sound()))
    ((statement, original),) = spool.keeper.records().values()
    assert original == sound()
    assert (statement.channel, statement.form, statement.source) == ("call", "audio", "pbx")
    assert statement.sha256 == hashlib.sha256(sound()).hexdigest()
    assert statement.call
    assert [(one.role, one.e164) for one in statement.call.parties] == [
        ("caller", "+441632960001"),
        ("called", ""),
    ]
    assert spool.kept == [NAMED]


def test_given_again_it_takes_nothing_twice(spool: Spool) -> None:
    spool.put("a.wav", sound(1))
    spool.put("b.wav", sound(1))
    first = spool.run()
    assert (first.sealed, first.already_held) == (1, 1)
    second = spool.run()
    assert (second.seen, second.sealed, second.already_held) == (2, 0, 2)
    assert len(spool.keeper.originals()) == 1


def test_what_may_still_be_written_to_waits(spool: Spool) -> None:
    spool.put("done.wav", sound(1))
    fresh = spool.put("fresh.wav", sound(2), age=0)
    summary = spool.run()
    assert (summary.sealed, summary.waiting) == (1, 1)
    os.utime(fresh, (1, 1))
    assert spool.run().sealed == 1


def test_a_recording_waits_for_its_account_and_not_for_ever(spool: Spool) -> None:
    path = spool.put("x-1772359200.15.wav", sound(1), age=0)
    os.utime(path, (path.stat().st_mtime - 60,) * 2)
    assert spool.run(patience=600).waiting == 1
    spool.put("Master.csv", FREEPBX)
    assert spool.run(patience=600).sealed == 1
    spool.put("y.wav", sound(2))
    late = spool.run(patience=600)
    assert (late.sealed, late.without_account) == (1, (str(spool.path / "y.wav"),))


def test_orphans_are_in_the_summary_by_name(spool: Spool) -> None:
    spool.put("Master.csv", FREEPBX)
    spool.put("a.wav", sound())
    summary = spool.run()
    assert summary.without_account == (str(spool.path / "a.wav"),)
    assert summary.unrecorded_count == 1
    assert "1772359200.15" in summary.unrecorded[0]
    facts = spool.statements()["a.wav"].call
    assert facts.defects == ("nobody said when the call was: the time of its file stands for it",)
    assert (facts.ended, facts.parties) == (OLD * 1000, ())


def test_a_long_file_without_an_account_has_the_length_of_its_head(spool: Spool) -> None:
    spool.put("a.wav", sound(1, 16_000 * 90))
    spool.run()
    facts = spool.statements()["a.wav"].call
    assert (facts.started, facts.answered, facts.ended) == ((OLD - 90) * 1000, (OLD - 90) * 1000, OLD * 1000)


def test_a_vcon_is_sealed_as_a_vcon_and_a_message_as_voicemail(spool: Spool) -> None:
    spool.put("c.vcon.json", '{"vcon": "0.0.1", "parties": []}')
    spool.put("default/201/INBOX/msg0000.wav", sound())
    spool.put("default/201/INBOX/msg0000.gsm", b"\xd0" * 33)
    spool.put("default/201/INBOX/msg0000.txt", MESSAGE)
    summary = spool.run()
    assert (summary.seen, summary.sealed, summary.doubled) == (3, 2, 1)
    said = spool.statements()
    assert (said["c.vcon.json"].form, said["c.vcon.json"].channel) == ("vcon", "call")
    assert said["msg0000.wav"].channel == "voicemail"
    assert said["msg0000.wav"].call.parties[1].extension == "201"


def test_a_vcon_takes_along_the_region_by_which_its_numbers_are_read(spool: Spool) -> None:
    spool.put("c.vcon.json", '{"vcon": "0.0.1", "parties": []}')
    spool.put("a.wav", sound())
    spool.run(mapped=Mapped(region="IE"))
    said = spool.statements()
    assert said["c.vcon.json"].region == "IE"
    assert said["a.wav"].region is msgspec.UNSET, "what its account says has been read already"
    assert said["a.wav"].call.region == "IE"


def test_a_long_recording_goes_in_segments(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muniment.capture.calls.spool.importing.LARGEST_WHOLE", 1000)
    monkeypatch.setattr("muniment.capture.tally.HEAVIEST_BATCH", 1000)
    streamed: list[bytes] = []
    real = segments.StreamSealer.record

    def noted(sealer: segments.StreamSealer, key: EpochKey, told: bytes) -> SealedBatch:
        streamed.append(told)
        return real(sealer, key, told)

    monkeypatch.setattr(segments.StreamSealer, "record", noted)
    spool.put("long.wav", sound(1, 50_000))
    spool.put("short.wav", sound(2))
    assert spool.run().sealed == 2
    assert len(streamed) == 1
    assert len(spool.held.digests) == 2


@pytest.mark.parametrize("largest", [10, 10**9])
def test_a_file_that_changes_while_it_is_read_is_not_kept(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr("muniment.capture.calls.spool.importing.LARGEST_WHOLE", largest)
    monkeypatch.setattr("muniment.capture.tally.HEAVIEST_BATCH", largest)
    path = spool.put("a.wav", sound(1))
    monkeypatch.setattr(spool.held, "holds", lambda _: path.write_bytes(sound(2)) and False)
    summary = spool.run()
    assert (summary.sealed, summary.failed) == (0, 1)
    assert spool.refused == [("a.wav", "it changed while it was read")]
    assert spool.kept == []
    assert spool.held.digests == set()


def test_when_the_keeper_goes_away_nothing_counts_as_kept(spool: Spool) -> None:
    spool.put("a.wav", sound(1))
    spool.keeper.away = True
    work = spool.importing()
    summary = work.run([spool.path])
    assert isinstance(work.fault, NotAvailableError)
    assert (summary.sealed, summary.failed, spool.kept) == (0, 1, [])
    spool.keeper.away = False
    assert spool.run().sealed == 1


def test_stopped_it_counts_what_was_kept(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muniment.capture.calls.spool.importing.LARGEST_BATCH", 1)
    for number in range(5):
        spool.put(f"{number}.wav", sound(number))
    stop = threading.Event()
    work = spool.importing()
    work._stop = stop
    spool.keeper.before_seal = stop.set
    summary = work.run([spool.path])
    assert 0 < summary.sealed < 5
    assert spool.run().sealed == 5 - summary.sealed


def test_a_folder_that_cannot_be_entered_is_named(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.put("a.wav", sound())
    monkeypatch.setattr("muniment.capture.calls.spool.importing._digest", lambda _: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))  # fmt: skip
    assert spool.run().failed == 1
    assert spool.refused == [("a.wav", "Permission denied")]


COUNCIL = Ruling(
    (
        RecordingRule(
            organisation=ORGANISATION,
            name="council",
            category="works council",
            decision="leave-out",
            reason="agreed",
            numbers=("01632 960001",),
        ),
    )
)


def test_what_a_rule_leaves_out_is_not_kept_and_the_ledger_says_so_once(spool: Spool) -> None:
    spool.put(NAMED, sound(1))
    spool.put("Master.csv", FREEPBX)
    spool.put("other.wav", sound(2))
    for _ in range(2):
        summary = spool.run(ruling=COUNCIL)
        assert summary.left_out == 1
        assert summary.seen == summary.sealed + summary.already_held + summary.left_out
    assert spool.keeper.declined == ["rule council"]
    assert spool.keeper.originals() == [sound(2)]
    assert NAMED not in spool.kept, "it stays where it is"
    assert spool.run().sealed == 1, "and is taken in once there is no such rule any more"


def test_while_the_keeper_is_away_nothing_counts_as_left_out(spool: Spool) -> None:
    class Away(MemoryKeeper):
        def decline_call(self, organisation: str, reason: str) -> Receipt:
            raise NotAvailableError(f"{organisation} {reason}")

    spool.keeper = Away()
    spool.put(NAMED, sound(1))
    spool.put("Master.csv", FREEPBX)
    work = spool.importing(ruling=COUNCIL)
    assert work.run([spool.path]).failed == 1
    assert work.fault
