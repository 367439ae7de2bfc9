"""Which mapping a source reads by."""

import pytest

from muniment.capture.calls.spool.choosing import Mappings
from muniment.capture.calls.spool.fields import Mapped
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.row_mapping import SavedMapping
from muniment.core.spool_settings import MappingSettings


class Pages:
    """What was saved for one organisation."""

    def __init__(self) -> None:
        self.saved: tuple[SavedMapping, ...] = ()

    def mappings(self, organisation: str) -> tuple[SavedMapping, ...]:
        return self.saved if organisation == "org_a" else ()


def test_the_settings_come_first_and_what_is_saved_counts_at_once() -> None:
    pages = Pages()
    mappings = Mappings([MappingSettings(name="hosted", columns={"caller": "A"})], pages)
    with pytest.raises(WrongUseError, match="carrier"):
        mappings.find("org_a", "carrier", "Europe/London", "")
    pages.saved = (
        SavedMapping(
            name="carrier", version=1, columns={"caller": "Anrufer"}, zone="Europe/Berlin", region="DE"
        ),
        SavedMapping(name="hosted", version=4, columns={"caller": "other"}),
    )
    assert mappings.find("org_a", "carrier", "Europe/London", "IE") == Mapped(
        {"caller": "Anrufer"}, "Europe/Berlin", {}, "DE"
    )
    assert mappings.find("org_a", "hosted", "Europe/London", "IE") == Mapped({"caller": "A"}, region="IE")
    with pytest.raises(WrongUseError, match="Known are: hosted"):
        mappings.find("org_b", "carrier", "Europe/London", "")


def test_what_was_retired_reads_nothing_and_says_since_when() -> None:
    pages = Pages()
    pages.saved = (SavedMapping(name="carrier", version=1, columns={"caller": "A"}, retired=1_772_359_200),)
    mappings = Mappings([], pages)
    with pytest.raises(NotAvailableError, match="retired on 2026-03-01") as refused:
        mappings.find("org_a", "carrier", "Europe/London", "")
    assert "Save it again" in refused.value.remedy
    with pytest.raises(WrongUseError, match="Known are: none"):
        mappings.find("org_a", "other", "Europe/London", "")
    pages.saved = (SavedMapping(name="carrier", version=2, columns={"caller": "B"}),)
    assert mappings.find("org_a", "carrier", "Europe/London", "").columns == {"caller": "B"}


def test_without_a_name_the_habits_of_switches_count() -> None:
    mappings = Mappings([], Pages())
    assert mappings.find("org_a", "", "Europe/Berlin", "DE") == Mapped(zone="Europe/Berlin", region="DE")
    with pytest.raises(WrongUseError, match="time zone"):
        mappings.find("org_a", "", "Mars/Olympus", "")
