"""How the demo's recorder is set up."""

import re

from muniment.core import settings
from muniment.core.home import Home
from muniment.demo.calls import setting, staging
from muniment.demo.calls.script import load, phone
from muniment.demo.calls.synthesis import RATE
from tests.capture.calls.client import ORGANISATION


def test_the_settings_are_read_as_they_are_meant(home: Home) -> None:
    home.settings.write_text("\n".join(setting.settings(ORGANISATION, 8427)), encoding="utf-8")
    chosen = settings.load(home).calls
    [listener], [source], [line] = chosen.listeners, chosen.sources, chosen.line
    assert listener.address == ("127.0.0.1", 8427)
    assert (source.organisation, source.notice, source.queue) == (ORGANISATION, "in-call", "X-Queue")
    assert (line.organisation, line.staff) == (ORGANISATION, ("display", "page"))
    assert chosen.assurance == setting.ASSURANCE
    assert all(source.notice_seconds > len(staging.notice(each.key)) / RATE + 4 for each in load().notice)


def test_before_any_program_runs_the_same_is_known() -> None:
    assert setting.calls(ORGANISATION).line[0].staff == ("display", "page")
    assert setting.calls(ORGANISATION).assurance == setting.ASSURANCE


def test_extensions_of_the_people_are_extensions_of_the_source(home: Home) -> None:
    assert re.fullmatch(setting.EXTENSIONS, phone("accounts").extension)
    assert not re.fullmatch(setting.EXTENSIONS, "0163")
