"""One test call a day of every source, and what is kept of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment.capture.calls.switch.trial import Step, Trial
from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.processes import outcomes
from muniment.processes.daily_call import DailyCall
from tests.capture.calls.client import ORGANISATION, source

OTHER = "org_bbbbbbbbbbbbbbbbbbbbbbbbbb"
SOURCES = (source(), source(name="second"), source(organisation=OTHER, name="theirs"))
MIDSUMMER = datetime(2026, 6, 24, 3, 0, tzinfo=UTC)


class Morning:
    """Calls that are made, and the time, which goes on by hand."""

    def __init__(self, path: Path, at: str = "06:00") -> None:
        self.home, self.time, self.tried, self.wrong = Home(path), MIDSUMMER, list[str](), set[str]()
        self.daily = DailyCall(
            self.home, CallSettings(sources=SOURCES, test_call=at), self._make, lambda: self.time
        )

    def _make(self, tried: CallSource) -> Trial:
        self.tried.append(tried.name)
        if tried.name == "second" and "unreadable" in self.wrong:
            raise WrongUseError("welcome.wav is no WAV file.")
        well = tried.name not in self.wrong
        step = Step("packets", well, 5, "three are missing" if not well else "", "Look." if not well else "")
        return Trial(tried.organisation, tried.name, "tcp", "", "", well, 5.0, (step,))

    def kept(self, organisation: str = ORGANISATION) -> outcomes.Outcome | None:
        return outcomes.read(self.home, outcomes.job(organisation, "call"))


def test_it_is_made_once_a_day_from_the_hour_that_is_set_where_the_organisation_is(tmp_path: Path) -> None:
    morning = Morning(tmp_path)
    rounds = []
    for _ in range(24 * 3):
        morning.time += timedelta(hours=1)
        if morning.daily.round():
            rounds.append(morning.time.hour)
    assert rounds == [5, 5, 5]  # 06:00 in London, in summer
    assert morning.tried == ["sbc", "second", "theirs"] * 3


def test_without_a_time_none_is_made(tmp_path: Path) -> None:
    morning = Morning(tmp_path, at="")
    morning.time += timedelta(hours=12)
    assert morning.daily.round() == 0
    assert morning.kept() is None


@pytest.mark.parametrize("wrong", ["sbc", "unreadable"])
def test_what_failed_is_kept_in_words_and_the_other_organisation_is_well(tmp_path: Path, wrong: str) -> None:
    morning = Morning(tmp_path)
    morning.wrong = {wrong}
    morning.time += timedelta(hours=9)
    assert morning.daily.round() == 2
    kept, other = morning.kept(), morning.kept(OTHER)
    assert kept is not None
    assert other is not None
    assert not kept.well
    said = {
        "sbc": "sbc, packets: three are missing Look.",
        "unreadable": "second: welcome.wav is no WAV file.",
    }
    assert kept.says == said[wrong]
    assert (other.well, other.says) == (True, "Test calls of 1 source went well.")


@pytest.mark.parametrize("wrong", ["6:00", "24:00", "06:60", "06"])
def test_a_time_is_written_with_four_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="test_call"):
        CallSettings(test_call=wrong)
