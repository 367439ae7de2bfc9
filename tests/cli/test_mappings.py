"""Which mapping a command works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.capture.calls.spool.fields import Mapped
from muniment.cli.mappings import chosen, served
from muniment.core.canonical import Json
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.vault import setup
from muniment.vault.client import Doors, connect
from muniment.vault.messages import Act
from tests.cli.test_source import SETTINGS
from tests.vault.firm import CHEAP

PASSPHRASE = b"correct horse"


@contextmanager
def serving(path: Path) -> Iterator[tuple[Home, Doors, str]]:
    """An installation whose keeper runs."""
    home = Home(path / "home")
    _, keyring = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    with connect(home, PASSPHRASE) as doors:
        yield home, doors, keyring.organisations[0]


def said(doors: Doors, organisation: str, tag: EventTag, **facts: Json) -> None:
    """What the page writes."""
    doors.desk.append(organisation, Act(tag=tag, body={"facts": {"name": "hosted", "version": 1, **facts}}))


def test_the_named_one_or_the_habits_of_switches(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    assert chosen(home, "hosted", "Europe/Berlin").columns["caller"] == "A Number"
    assert chosen(home, "", "Europe/Berlin") == Mapped(zone="Europe/Berlin", region="GB")


def test_another_name_is_refused_with_those_that_there_are(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    with pytest.raises(WrongUseError, match="hosted"):
        chosen(home, "carrier", "Europe/London")


def test_what_was_saved_on_the_pages_is_asked_of_the_server_that_runs(tmp_path: Path) -> None:
    with serving(tmp_path) as (home, doors, organisation):
        with pytest.raises(WrongUseError, match="Known are: none"):
            served(home, "hosted", "Europe/London")
        said(doors, organisation, EventTag.CALL_MAPPING_SAVED, columns={"caller": "Anrufer"})
        assert served(home, "hosted", "Europe/London").columns == {"caller": "Anrufer"}
        assert served(home, "hosted", "Europe/London", organisation).columns == {"caller": "Anrufer"}
        with pytest.raises(WrongUseError):
            served(home, "hosted", "Europe/London", "org_other")
        said(doors, organisation, EventTag.CALL_MAPPING_RETIRED)
        with pytest.raises(NotAvailableError, match="retired on"):
            served(home, "hosted", "Europe/London")


def test_where_no_server_runs_only_the_settings_are_known(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    assert served(home, "hosted", "Europe/London").columns["caller"] == "A Number"
    assert served(home, "", "Europe/London") == Mapped(region="GB")
    with pytest.raises(NotAvailableError, match="nobody can say what was saved"):
        served(home, "carrier", "Europe/London")
