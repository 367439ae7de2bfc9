"""How the demo's recorder is set up."""

import re
import stat

from muniment.core import settings
from muniment.core.home import Home
from muniment.demo.calls import setting, staging
from muniment.demo.calls.script import load, phone
from muniment.demo.calls.synthesis import RATE
from tests.capture.calls.client import ORGANISATION


def test_the_settings_are_read_as_they_are_meant(home: Home) -> None:
    setting.write_notice(home)
    home.settings.write_text("\n".join(setting.settings(home, ORGANISATION, 8427)), encoding="utf-8")
    chosen = settings.load(home).calls
    [listener], [source], [notice] = chosen.listeners, chosen.sources, chosen.announcement
    assert listener.address == ("127.0.0.1", 8427)
    assert (source.organisation, source.notice, source.queue) == (ORGANISATION, "in-call", "X-Queue")
    assert notice == setting.announcement(home, ORGANISATION)
    assert chosen.assurance == setting.ASSURANCE
    assert source.notice_seconds > len(staging.notice()) / RATE + 4


def test_the_notice_that_is_listened_for_is_the_one_that_is_played(home: Home) -> None:
    setting.write_notice(home)
    [(known, prompt)] = setting.prompts(home, ORGANISATION).items()
    assert prompt.samples == staging.notice().tobytes()
    assert known.text == load().notice.strip()
    assert stat.S_ISREG(setting.notice_file(home).stat().st_mode)


def test_extensions_of_the_people_are_extensions_of_the_source(home: Home) -> None:
    assert re.fullmatch(setting.EXTENSIONS, phone("accounts").extension)
    assert not re.fullmatch(setting.EXTENSIONS, "0163")
