"""What somebody writes into the settings counts for the next call, and a slip of the pen stops nothing."""

from pathlib import Path

import pytest

from muniment.capture.calls.refreshing import Refreshing
from muniment.capture.calls.silences import CardRules
from muniment.core.home import Home
from muniment.core.settings_file import SettingsFile
from tests.capture.calls.client import ORGANISATION, Caller, Desk, source
from tests.core.test_prompts import speech, written

RULE = f"""
[[calls.rule]]
organisation = "{ORGANISATION}"
name = "council"
category = "works council"
decision = "leave-out"
reason = "agreed"
lines = ["201"]
"""
LINE = f"""
[[calls.line]]
organisation = "{ORGANISATION}"
name = "desk"
staff = ["display"]
"""


class Engine:
    """A recorder as far as card rules are told to it."""

    def __init__(self) -> None:
        self.card = CardRules()


class House:
    """A recorder whose settings lie in a file."""

    def __init__(self, folder: Path) -> None:
        self.home, self.desk, self.engine = Home(folder), Desk((source(notice_seconds=20),)), Engine()
        self.write("")
        self.refreshing = Refreshing(SettingsFile.of(self.home), self.desk.sessions, self.engine)
        self.desk.sessions.refresh_settings = self.refreshing.look

    def write(self, text: str) -> None:
        self.home.settings.write_text(text)

    def call(self) -> str:
        """What became of a call: "" where it was kept, else why not."""
        caller = Caller(self.desk)
        caller.opens()
        (call,) = self.desk.sessions.calls
        self.desk.passes(25)
        caller.bye()
        return self.desk.recorder.discarded.get(call, "")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_rule_counts_for_the_next_call(house: House) -> None:
    assert house.call() == ""
    house.write(RULE)
    assert house.call() == "rule council"
    house.write("")
    assert house.call() == ""


def test_a_line_counts_for_the_next_call(house: House) -> None:
    house.write(LINE)
    house.call()
    (facts,) = house.desk.recorder.closed.values()
    assert facts.staff
    assert facts.staff.line == "desk"


def test_an_announcement_is_listened_for_from_the_next_call_on(house: House, tmp_path: Path) -> None:
    sound = written(tmp_path / "welcome.wav", speech(1, 4))
    house.write(
        f'[[calls.announcement]]\norganisation = "{ORGANISATION}"\nname = "welcome"\nfile = "{sound}"\n'
    )
    house.desk.sessions.wake()
    assert [each.name for each in house.desk.sessions.settling.prompts] == ["welcome"]
    house.write(
        f'[[calls.announcement]]\norganisation = "{ORGANISATION}"\nname = "gone"\nfile = "{sound}x"\n'
    )
    house.desk.sessions.wake()
    assert list(house.desk.sessions.settling.prompts) == []
    assert house.refreshing.fault == ""


def test_card_rules_count_for_the_next_call(house: House) -> None:
    house.write(
        f'[calls]\nlongest_silence = 30\n[[calls.card]]\norganisation = "{ORGANISATION}"\nkeys_seconds = 9\n'
    )
    house.desk.sessions.wake()
    assert house.engine.card.keys_ms == 9000
    assert house.desk.sessions.silencing.rules.keys_ms == 9000
    assert house.desk.sessions.silencing.longest == 30


def test_a_broken_file_is_named_and_the_rules_of_before_hold_on(house: House) -> None:
    house.write(RULE)
    assert house.call() == "rule council"
    house.write(RULE.replace("leave-out", "leave-it"))
    assert house.call() == "rule council"
    assert "decision" in house.refreshing.fault
    house.write("")
    assert house.call() == ""
    assert house.refreshing.fault == ""


def test_what_takes_a_restart_is_named(house: House) -> None:
    house.write("[calls]\nmost_calls = 9\ntest_call = '06:00'\n")
    house.desk.sessions.wake()
    assert list(house.refreshing.waiting) == ["most_calls"]
    house.write(RULE)
    house.desk.sessions.wake()
    assert not house.refreshing.waiting


def test_whatever_goes_wrong_a_call_is_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: SettingsFile) -> bool:
        raise RecursionError

    monkeypatch.setattr(SettingsFile, "look", broken)
    assert house.call() == ""
    assert len(house.desk.recorder.kept) == 1
