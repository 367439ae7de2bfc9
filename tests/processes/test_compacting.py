"""The worker has packs compacted once a day, where it is worth it."""

import threading
from dataclasses import dataclass, field

from muniment.core.errors import NotAvailableError
from muniment.core.settings import CompactionSettings
from muniment.processes.compacting import Compacting
from muniment.vault.messages import (
    BrokenErased,
    ErasablePack,
    ErasedTests,
    OrganisationStatus,
    PackCompacted,
    Status,
)

HOUR = 3600


@dataclass
class Keeper:
    """A keeper of two organisations that notes what it is asked."""

    waiting: dict[str, tuple[ErasablePack, ...]]
    away: str = ""
    asked: list[str] = field(default_factory=list)
    done: list[tuple[str, int]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)

    def status(self) -> Status:
        each = [OrganisationStatus(name, 1, 1, 0, 1, 1, demo=False) for name in self.waiting]
        return Status(tuple(each), private=False, process=1)

    def erasable(self, organisation: str) -> tuple[ErasablePack, ...]:
        self.asked.append(organisation)
        if organisation == self.away:
            raise NotAvailableError("It is away.")
        return self.waiting[organisation]

    def erase_broken(self, organisation: str) -> BrokenErased:
        self.broken.append(organisation)
        return BrokenErased(1, 2)

    def erase_tests(self, organisation: str) -> ErasedTests:
        self.tests.append(organisation)
        return ErasedTests(1)

    def compact(self, organisation: str, pack: int) -> PackCompacted:
        self.done.append((organisation, pack))
        return PackCompacted(pack, 1, 100, 50)


def keeper() -> Keeper:
    return Keeper(
        {"a": (ErasablePack(1, 100, 24), ErasablePack(2, 100, 25)), "b": (ErasablePack(7, 100, 90),)}
    )


def test_packs_of_which_enough_was_erased_once_a_day() -> None:
    now, stop, asked = [1_000_000], threading.Event(), keeper()
    compacting = Compacting(asked, CompactionSettings(), lambda: now[0])
    compacting.round(stop)
    assert asked.done == [("a", 2), ("b", 7)]
    now[0] += 23 * HOUR
    compacting.round(stop)
    assert asked.asked == ["a", "b"]
    now[0] += HOUR
    compacting.round(stop)
    assert asked.asked == ["a", "b"] * 2


def test_trouble_with_one_does_not_stop_the_other() -> None:
    asked = keeper()
    asked.away = "a"
    Compacting(asked, CompactionSettings(), lambda: 1_000_000).round(threading.Event())
    assert asked.done == [("b", 7)]


def test_nothing_by_itself_where_the_setting_says_so_and_no_more_when_it_stops() -> None:
    asked = keeper()
    Compacting(asked, CompactionSettings(percent=0), lambda: 1_000_000).round(threading.Event())
    assert asked.asked == []
    assert asked.broken == ["a", "b"]  # what had broken off is erased all the same
    assert asked.tests == ["a", "b"]  # and so are test calls
    stop = threading.Event()
    stop.set()
    Compacting(asked, CompactionSettings(), lambda: 1_000_000).round(stop)
    assert asked.done == []
