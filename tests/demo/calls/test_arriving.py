"""The calls of today come in while the demo runs, each once."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from muniment.core import clock
from muniment.demo import build
from muniment.demo import card as cards
from muniment.demo.calls import arriving, script
from muniment.demo.calls.switch_files import Account
from muniment.demo.card import DemoCard
from tests.demo.conftest import Running
from tests.installations import until

PATIENCE = 400  # seconds for the longest call, and a little, on a busy machine


@pytest.fixture(scope="module")
def arrived(running: Running) -> DemoCard:
    """The card once everything has come in."""
    until(lambda: not arriving.left(cards.read(running.home)), seconds=PATIENCE, pause=0.5)
    return cards.read(running.home)


def report(running: Running, card: DemoCard, day: str) -> dict[str, Any]:
    """The completeness of a day's calls."""
    done = running.muniment(
        "source", "report", "--organisation", card.organisations[0].organisation, "--day", day, "--json",
        "--passphrase-file", str(running.home.path / build.PASSPHRASE),
    )  # fmt: skip
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["report"]
    return found


def test_every_call_of_today_comes_in_and_hr_may_listen_to_one(running: Running, arrived: DemoCard) -> None:
    assert sorted(arrived.arrived) == sorted(arriving.expected())
    assert arriving.calls_left(arrived) == 0
    assert arrived.examples["grant_to_listen"].startswith("grant_")
    assert arriving.begin(running.home, arrived) is None


def test_one_was_declined_and_one_is_silent_for_a_while(running: Running, arrived: DemoCard) -> None:
    today = clock.now().astimezone(ZoneInfo("Europe/London")).date()
    reasons: Counter[str] = Counter()
    for day in (today - timedelta(days=1), today):  # it may have been midnight meanwhile
        reasons += Counter(report(running, arrived, day.isoformat())["reasons"])
    assert reasons["declined"] == 1
    assert reasons["masked"] >= 1
    assert reasons["unknown"] <= 1


def test_the_call_that_was_not_recorded_is_named(running: Running, arrived: DemoCard) -> None:
    made = report(running, arrived, arrived.examples["unrecorded_day"])
    missing = [gap for gap in made["gaps"] if gap["line"] == "418"]
    assert [gap["outcome"] for gap in missing] == ["not-recorded"]
    assert made["expected"] >= 4


def test_nothing_of_it_lies_on_disk_and_the_vault_is_whole(running: Running, arrived: DemoCard) -> None:
    assert arrived.organisations[0].sip
    live = running.home.calls(arrived.organisations[0].organisation)
    until(lambda: not list(live.glob("*.live")), seconds=60)
    done = running.muniment("verify", "--json")
    assert done.returncode == 0, done.stdout


def test_what_is_left_is_what_the_card_does_not_name_yet() -> None:
    card = DemoCard(origin="", organisations=(), personas=())
    assert arriving.left(card) == arriving.expected()
    assert arriving.calls_left(card) == len([call for call in script.load().call if call.live])


def test_a_call_is_described_by_who_and_how_long() -> None:
    [call] = [each for each in script.load().call if each.key == "card"]
    began = datetime(2026, 6, 29, 9, 0, tzinfo=UTC)
    account = Account(call, "name", began, began + timedelta(seconds=61))
    assert arriving.described(account) == "Meera Joshi to Beata Kowalczyk, 61 seconds"
