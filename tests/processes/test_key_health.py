"""What doctor says of keys: source, locked organisations, an epoch that is overdue, rehearsals."""

from pathlib import Path

import msgspec
import pytest

from muniment.core import clock
from muniment.core.home import Home
from muniment.processes import health, key_health
from muniment.processes.findings import Finding, State
from muniment.vault import setup
from muniment.vault.messages import OrganisationStatus, Status
from muniment.vault.private import private_keeper
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.transit import ServiceWrapper
from tests.vault.firm import CHEAP
from tests.vault.wrapping.key_service import running

NOW = clock.seconds()
DAY = 24 * 3600
OPEN = OrganisationStatus(
    "org_a", 9, 3, 0, 9, 1, demo=False, own=True, turned=NOW - DAY, rehearsed=NOW, rehearsed_own=NOW
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    own = PassphraseWrapper(b"own", CHEAP)
    setup.create_installation(home, name="Firm", passphrase=b"one", organisation="org_a", cost=CHEAP, own=own)
    return home


def find(home: Home, **changes: object) -> dict[str, Finding]:
    status = Status((msgspec.structs.replace(OPEN, **changes),), private=False, process=1)
    return {each.subject: each for each in key_health.examine(home, status)}


def test_all_is_well(home: Home) -> None:
    found = find(home)
    assert {each.state for each in found.values()} == {State.WELL}
    assert found["Master key"].says == "A passphrase opens it."


def test_locked_is_told_and_overdue_is_trouble(home: Home) -> None:
    locked = find(home, locked="Nobody gave it.")["Own key"]
    assert (locked.state, "Nobody gave it." in locked.says) == (State.ATTENTION, True)
    overdue = find(home, locked="Nobody gave it.", turned=NOW - 31 * DAY)["Own key"]
    assert overdue.state is State.TROUBLE
    assert f"by {clock.day(NOW - DAY)}" in overdue.says


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rehearsed": 0}, "ever tried"),
        ({"rehearsed_own": 0}, "ever tried"),
        ({"rehearsed_own": NOW - 400 * DAY}, "more than a year"),
    ],
)
def test_a_rehearsal_that_is_missing_or_old(home: Home, changes: dict[str, int], says: str) -> None:
    found = find(home, **changes)["Recovery"]
    assert (found.state, says in found.says) == (State.ATTENTION, True)


def test_organisations_are_listed_with_and_without_a_keeper(home: Home) -> None:
    (resting,) = key_health.organisations(home, None)
    assert (resting.organisation, resting.known, resting.under) == (
        "org_a",
        False,
        "under a passphrase of its own",
    )
    status = Status((msgspec.structs.replace(OPEN, locked="why"),), private=False, process=1)
    (running_,) = key_health.organisations(home, status)
    assert (running_.known, running_.locked) == (True, "why")


def test_a_key_service_is_named_by_its_host(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with running(tmp_path) as service:
        setup.create_installation(home, name="Firm", source=ServiceWrapper(service.named()))
        assert key_health.service_of(home, None) == service.url.removeprefix("http://")
        with private_keeper(home, b""):
            assert (
                "key service at localhost"
                in {each.subject: each.says for each in health.examine(home)}["Master key"]
            )


def test_a_demo_and_an_empty_home_have_no_findings(home: Home, tmp_path: Path) -> None:
    home.demo.write_text("{}")
    assert find(home) == {}
    assert list(key_health.examine(Home(tmp_path / "nothing"), None)) == []
    assert key_health.service_of(Home(tmp_path / "nothing"), None) == ""
