"""A mapping for a hosted switch, and what a test file shows of its gaps."""

import pytest

from muniment.capture.calls.spool.fields import Mapped, csv_rows
from muniment.capture.calls.spool.mapping import accounts, mapped_by, report
from muniment.core.errors import WrongUseError
from muniment.core.spool_settings import MappingSettings

FILE = (
    "Call Ref;A Number;B Number;Begin;Length;Way;File\n"
    "x1;01632960001;201;01/03/2026 10:00;00:04:12;Ankommend;x1.mp3\n"
    "x2;201;07700900123;01/03/2026 11:00;00:01:00;Seitwärts;\n"
)
SETTINGS = MappingSettings(
    name="hosted",
    columns={"call": "Call Ref", "caller": "A Number", "called": "B Number", "started": "Begin", "seconds": "Length", "direction": "Way", "recording": "File"},
    directions={"Ankommend": "inbound"},
)  # fmt: skip


def test_the_columns_of_a_switch_become_fields() -> None:
    first, _ = accounts(csv_rows(FILE), mapped_by(SETTINGS), "x")
    facts = first.facts("c")
    assert (facts.direction, facts.started, facts.ended) == ("inbound", 1_772_359_200_000, 1_772_359_452_000)
    assert first.recording == "x1.mp3"


def test_gaps_are_named_in_words() -> None:
    found = report(csv_rows(FILE), mapped_by(SETTINGS))
    fields = {each.field: each for each in found.fields}
    assert (found.rows, found.unused) == (2, ())
    assert (fields["started"].filled, fields["started"].good, fields["started"].gap) == (2, 2, "")
    assert set(found.gaps) == {
        "direction: 1 of 2 values are not understood",
        "recording: 1 of 2 rows have none",
    }


def test_a_file_without_a_mapping_says_what_it_lacks() -> None:
    found = report(csv_rows("from,other\n01632960001,x\n"), Mapped())
    gaps = {gap.partition(":")[0] for gap in found.gaps}
    assert gaps == {"started", "called", "recording", "direction", "ended", "call"}
    assert found.unused == ("other",)
    assert next(each for each in found.fields if each.field == "caller").column == "from"


def test_a_column_that_is_not_there_is_said() -> None:
    settings = MappingSettings(name="a", columns={"caller": "Nummer"})
    assert (
        "caller: the column 'nummer' is not in the file" in report(csv_rows(FILE), mapped_by(settings)).gaps
    )


def test_a_mapping_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(WrongUseError, match="no field"):
        mapped_by(MappingSettings(name="a", columns={"nonsense": "x"}))
    with pytest.raises(WrongUseError, match="time zone"):
        mapped_by(MappingSettings(name="a", zone="Europe/Atlantis"))


def test_what_no_mapping_mends_is_said_of_the_file_itself() -> None:
    found = report(csv_rows(FILE), mapped_by(SETTINGS))
    assert found.absent == (
        "No internal calls are in this file.",
        "No call in it went unanswered: missed calls may not be exported.",
        "When a call was answered is not told: it counts as answered from its beginning.",
        "Its times name no zone: they are read as Europe/London. Ask whether the export is in UTC.",
    )
    whole = (
        "from,to,start,answered,status\n"
        "01632960001,201,2026-03-01T10:00:00Z,2026-03-01T10:00:05Z,answered\n"
        "201,01632960001,2026-03-01T10:00:00Z,,missed\n201,202,2026-03-01T10:00:00Z,,missed\n"
    )
    assert report(csv_rows(whole), Mapped()).absent == ()
