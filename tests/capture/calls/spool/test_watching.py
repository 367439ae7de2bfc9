"""A folder that is looked at again and again."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import watching
from muniment.capture.calls.spool.choosing import Mappings
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.watching import MappedBy, Watch
from muniment.core.errors import NotAvailableError
from muniment.core.row_mapping import SavedMapping
from muniment.core.spool_settings import SpoolSettings
from tests.capture.calls.spool.samples import Memory, Spool, sound
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_choosing import Pages
from tests.capture.calls.spool.test_importing import COUNCIL
from tests.capture.calls.spool.test_matching import NAMED
from tests.capture.calls.spool.test_voicemail import MESSAGE
from tests.capture.memory_keeper import ORGANISATION


def watching_at(
    spool: Spool, ruling: Ruling | None = None, mapped: MappedBy | None = None, **changes: object
) -> Watch:
    fields = {"organisation": ORGANISATION, "path": str(spool.path), "patience": 0, **changes}

    @contextmanager
    def held(organisation: str) -> Iterator[Memory]:
        assert organisation == ORGANISATION
        yield spool.held

    settings = SpoolSettings(**fields)
    opening = watching.local(settings)
    return Watch(settings, spool.keeper, held, mapped or Mapped, opening, ruling=ruling)


def names(path: Path) -> set[str]:
    return {str(each.relative_to(path)) for each in path.rglob("*") if each.is_file()}


STOP = threading.Event()


def test_new_recordings_are_taken_once_and_left_where_they_are(spool: Spool) -> None:
    spool.put(NAMED, sound(1))
    spool.put("Master.csv", FREEPBX)
    watch = watching_at(spool)
    first = watch.look(STOP)
    assert first is not None
    assert first.sealed == 1
    assert watch.look(STOP) is None
    spool.put("b.wav", sound(2))
    second = watch.look(STOP)
    assert second is not None
    assert (second.sealed, second.already_held) == (1, 0)
    assert names(spool.path) == {NAMED, "Master.csv", "b.wav"}


def test_what_is_still_written_is_looked_at_again(spool: Spool) -> None:
    path = spool.put("a.wav", sound(1), age=0)
    watch = watching_at(spool)
    first = watch.look(STOP)
    assert first is not None
    assert (first.sealed, first.waiting) == (0, 1)
    os.utime(path, (1, 1))
    second = watch.look(STOP)
    assert second is not None
    assert second.sealed == 1


def test_a_recording_goes_with_its_sidecar_only_after_the_receipt(spool: Spool) -> None:
    spool.put("a.wav", sound(1))
    spool.put("a.json", '{"from": "1", "start": "2026-03-01"}')
    spool.put("Master.csv", FREEPBX)
    watch = watching_at(spool, after="remove")
    spool.keeper.away = True
    with pytest.raises(NotAvailableError):
        watch.look(STOP)
    assert names(spool.path) == {"a.wav", "a.json", "Master.csv"}
    spool.keeper.away = False
    watch.look(STOP)
    assert names(spool.path) == {"Master.csv"}
    forms = sorted(said.form for said, _ in spool.keeper.records().values())
    assert forms == ["audio", "cdr", "cdr"]  # what the sidecar and the table say is kept before either goes


def test_new_call_details_are_taken_though_no_recording_is_new(spool: Spool) -> None:
    watch = watching_at(spool)
    spool.put("Master.csv", FREEPBX)
    assert watch.look(STOP) is None
    assert [said.form for said, _ in spool.keeper.records().values()] == ["cdr"]
    assert watch.look(STOP) is None
    assert len(spool.keeper.batches) == 1


def test_files_move_to_the_same_place_elsewhere_and_overwrite_nothing(spool: Spool, tmp_path: Path) -> None:
    target = tmp_path / "done"
    watch = watching_at(spool, after="move", moved_to=str(target))
    spool.put("2026/a.wav", sound(1))
    watch.look(STOP)
    spool.put("2026/a.wav", sound(2))
    watch.look(STOP)
    assert names(target) == {"2026/a.wav", "2026/a.1.wav"}
    assert (target / "2026/a.wav").read_bytes() == sound(1)
    assert names(spool.path) == set()


def test_all_formats_of_a_message_go_together(spool: Spool) -> None:
    for name in ("msg0000.wav", "msg0000.gsm", "msg0001.txt"):
        spool.put(f"201/INBOX/{name}", sound())
    spool.put("201/INBOX/msg0000.txt", MESSAGE)
    watching_at(spool, after="remove").look(STOP)
    assert names(spool.path) == {"201/INBOX/msg0001.txt"}


def test_what_was_taken_before_a_restart_is_not_taken_again_and_may_go(spool: Spool) -> None:
    spool.put("a.wav", sound(1))
    watching_at(spool).look(STOP)
    found = watching_at(spool, after="remove").look(STOP)
    assert found is not None
    assert (found.sealed, found.already_held) == (0, 1)
    assert names(spool.path) == set()


def test_trouble_is_waited_out(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    spool.put("a.wav", sound(1))
    spool.keeper.away = True
    rounds = []

    def rest(seconds: float) -> bool:
        rounds.append(seconds)
        spool.keeper.away = False
        if len(rounds) == 2:
            stop.set()
        return False

    monkeypatch.setattr(stop, "wait", rest)
    watching.run(watching_at(spool, every=1), stop)
    assert rounds == [5.0, 1.0]
    assert len(spool.keeper.originals()) == 1


def test_a_mapping_that_was_saved_meanwhile_counts_at_the_next_look(spool: Spool) -> None:
    spool.put("calls.csv", "Wann;Wer;Wen\n2026-03-01 10:00:00;01632960001;201\n")
    now = [Mapped()]
    watch = watching_at(spool, mapped=lambda: now[0])
    watch.look(STOP)
    assert spool.keeper.records() == {}
    now[0] = Mapped({"started": "Wann", "caller": "Wer", "called": "Wen"})
    watch.look(STOP)
    [(statement, _)] = spool.keeper.records().values()
    assert statement.channel == "call-detail"


def test_what_a_rule_leaves_out_is_never_removed_and_not_looked_at_again(spool: Spool) -> None:
    spool.put(NAMED, sound(1))
    spool.put("Master.csv", FREEPBX)
    watch = watching_at(spool, COUNCIL, after="remove")
    first = watch.look(STOP)
    assert first is not None
    assert (first.left_out, first.sealed) == (1, 0)
    assert NAMED in names(spool.path)
    assert watch.look(STOP) is None


def test_what_names_a_retired_mapping_is_set_aside_untouched_until_it_is_saved_again(spool: Spool) -> None:
    spool.put(NAMED, sound(1))
    spool.put("Master.csv", FREEPBX)
    pages = Pages()
    pages.saved = (SavedMapping(name="drop", version=1, columns={"caller": "src"}, retired=1_772_359_200),)
    mappings = Mappings([], pages)

    def mapped() -> Mapped:
        return mappings.find("org_a", "drop", "Europe/London", "")

    watch = watching_at(spool, mapped=mapped, after="remove", mapping="drop", every=1)
    stop = threading.Event()
    looking = threading.Thread(target=watching.run, args=(watch, stop), daemon=True)
    looking.start()
    try:
        deadline = time.monotonic() + 60
        while not watch.looks.state.trouble and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "'drop' was retired on 2026-03-01" in watch.looks.state.trouble
        assert "Save it again" in watch.looks.state.remedy
        assert names(spool.path) == {NAMED, "Master.csv"}
        assert spool.held.digests == set()
    finally:
        stop.set()
        looking.join(60)
    pages.saved = (SavedMapping(name="drop", version=2, columns={"caller": "src"}),)
    taken = watch.look(STOP)
    assert taken is not None
    assert taken.sealed == 1
    assert names(spool.path) == {"Master.csv"}
