"""Files of call details into the vault."""

import os

from muniment.capture.calls.spool.detail_import import DetailImport, DetailNotes, DetailSummary
from muniment.core.errors import NotAvailableError
from muniment.core.row_mapping import RowMapping
from tests.capture.calls.spool.samples import Spool, sound
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_listing import CARRIER, MAPPED
from tests.capture.memory_keeper import ORGANISATION

KEYS = "started,caller,called,dtmf\n2026-03-01T10:00:00Z,01632960001,201,4111222233334444\n"


def importing(spool: Spool, **manner: object) -> DetailImport:
    said = lambda path, reason: spool.refused.append((path, reason))  # noqa: E731
    return DetailImport(spool.keeper, ORGANISATION, spool.held, source="pbx", refused=said, **manner)  # type: ignore[arg-type]


def test_a_file_is_sealed_as_it_is_with_how_it_is_read(spool: Spool) -> None:
    spool.put("carrier.csv", CARRIER)
    spool.put("a.wav", sound())
    spool.put("prices.csv", "name,price\nwood,3\n")
    summary = importing(spool, mapped=MAPPED).run([spool.path])
    assert (summary.seen, summary.sealed, summary.calls, summary.failed) == (1, 1, 1, 0)
    found = {
        said.origin.rpartition("/")[2]: (said, original) for said, original in spool.keeper.records().values()
    }
    said, original = found["carrier.csv"]
    assert original == CARRIER.encode()
    assert (said.channel, said.form, said.source) == ("call-detail", "cdr", "pbx")
    assert said.mapping == RowMapping(MAPPED.columns, {}, "Europe/London")


def test_the_same_again_is_passed_over(spool: Spool) -> None:
    spool.put("Master.csv", FREEPBX)
    assert importing(spool).run([spool.path]).sealed == 1
    assert importing(spool).run([spool.path]) == DetailSummary(seen=1, already_held=1)


def test_which_keys_were_pressed_is_never_kept(spool: Spool) -> None:
    spool.put("calls.csv", KEYS)
    assert importing(spool).run([spool.path]).sealed == 1
    assert all(b"4111222233334444" not in each for _, each in spool.keeper.records().values())
    assert importing(spool).run([spool.path]).already_held == 1


def test_what_may_still_be_written_to_waits(spool: Spool) -> None:
    path = spool.put("Master.csv", FREEPBX, age=0)
    assert importing(spool).run([spool.path]) == DetailSummary(seen=1, waiting=1)
    os.utime(path, (1, 1))
    assert importing(spool).run([spool.path]).sealed == 1


def test_a_file_that_grows_is_taken_once_a_day(spool: Spool) -> None:
    notes = DetailNotes()
    spool.put("Master.csv", FREEPBX)
    assert importing(spool, notes=notes).run([spool.path]).sealed == 1
    spool.put("Master.csv", FREEPBX + FREEPBX.partition("\n")[2])
    assert importing(spool, notes=notes).run([spool.path]).seen == 0
    assert importing(spool).run([spool.path]).sealed == 1


def test_a_keeper_that_is_away_is_said_and_nothing_noted(spool: Spool) -> None:
    spool.put("Master.csv", FREEPBX)
    spool.keeper.away = True
    work = importing(spool)
    assert work.run([spool.path]).failed == 1
    assert isinstance(work.fault, NotAvailableError)
    assert not spool.held.digests


def test_a_file_that_cannot_be_read_is_named(spool: Spool) -> None:
    spool.put("bad.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><cdr>&a;</cdr>")
    assert importing(spool).run([spool.path]).failed == 1
    assert "entities" in spool.refused[0][1]
