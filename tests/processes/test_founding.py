"""Founding: all rooms are there, the printed links work on the real pages, a failure leaves nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.people.powers import POWERS
from muniment.people.roles import Role
from muniment.processes.founding import Plan, settings_text
from muniment.vault.authority.register import Power
from muniment.vault.client import doors
from tests.browser import Browser
from tests.installations import Installation, environment, found_anew, muniment


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return found_anew(tmp_path_factory.mktemp("founded"), keys=False, mail=False)


def test_a_printed_link_leads_through_enrolment_on_the_served_pages(installation: Installation) -> None:
    links = installation.printed["enrolment_links"]
    assert len(links) == 2
    with installation.serving():
        for number, link in enumerate(links.values()):
            assert link.startswith(f"{installation.origin}/enrol/{installation.organisation}/")
            browser = Browser()
            status, page = browser.get(link)
            assert (status, "Make your account" in page) == (200, True)
            name, mail = ("Ann Lee", "Bob Poole")[number], f"authority{number}@harbour.example"
            status, page = browser.post(link, page, name=name, email=mail, password="three odd words here")
            assert (status, browser.address) == (200, link)
            assert "Become a first authority" in page
            assert "/profile/passkeys/add" in page
            assert "/profile/code-app" in page
            for address in ("/profile/passkeys/add", "/profile/code-app"):
                assert browser.get(installation.origin + address)[0] == 200
        status, page = Browser().get(f"{installation.origin}/enrol/{installation.organisation}/wrong")
        assert status == 404
        stranger = Browser()
        stranger.get(next(iter(links.values())))
        assert "/sign-in" in stranger.address  # the account exists: whoever holds the link must sign in


def test_the_keeper_answers_and_the_policy_is_in_the_ledger(installation: Installation) -> None:
    with installation.serving(), doors(installation.home).desk as desk:
        [organisation] = desk.status().organisations
        assert organisation.organisation == installation.organisation
        assert not organisation.demo
        tags = [act.clear.decode() for act in desk.acts(installation.organisation, -1, 10)]
        assert [json.loads(clear)["tag"] for clear in tags[:2]] == [EventTag.GENESIS, EventTag.MATRIX_ADOPTED]


def test_the_first_two_can_do_what_everything_else_begins_with(tmp_path: Path) -> None:
    linked, keyed = (tmp_path / "linked", tmp_path / "keyed")
    for path in (linked, keyed):
        path.mkdir()
    made = found_anew(linked, keys=False, mail=False)
    assert list(made.printed["enrolment_links"]) == ["Data Controller", "Director"]
    made = found_anew(keyed, mail=False)
    with made.serving(), doors(made.home).desk as desk:
        powers = {key.person: key.powers for key in desk.registered(made.organisation)}
        first, second = (powers[made.printed["authorities"][name]] for name in ("ann", "bob"))
        assert first == {Power.REGISTER, *POWERS[Role.DATA_CONTROLLER]}
        assert second == {Power.REGISTER, *POWERS[Role.DIRECTOR]}
        entries = [json.loads(act.clear)["tag"] for act in desk.acts(made.organisation, -1, 10)]
        assert entries.count(EventTag.ROLE_CHANGED) == 2


def test_nothing_is_left_where_a_later_step_fails(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("correct horse")
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from muniment.core.home import Home\n"
        "from muniment.processes import founding\n"
        "from muniment.web import installation\n"
        "def broken(home): raise OSError('no space')\n"
        "installation.prepare_tables = broken\n"
        "founding.found(Home(Path(sys.argv[1])), b'secret', founding.Plan('Firm'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "home")],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "OSError: no space" in done.stderr
    assert not any((tmp_path / "home").iterdir())
    again = muniment(
        "init", "--home", tmp_path / "home", "--organisation", "F", "--passphrase-file", tmp_path / "secret"
    )
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        Plan("F", address="localhost:8420"),
        Plan("F", address="ftp://localhost"),
        Plan("F", address="http://localhost:8420/pages"),
        Plan("F", address="https://localhost:8443"),
        Plan("F", mail="8425"),
    ],
    ids=["no scheme", "no web", "a path", "a certificate elsewhere", "no address for mail"],
)
def test_a_plan_that_cannot_be_is_refused(wrong: Plan) -> None:
    with pytest.raises(WrongUseError):
        settings_text(wrong, "org_x")


def test_an_unknown_pack_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("correct horse")
    done = muniment(
        "init", "--home", tmp_path / "home", "--organisation", "F", "--pack", "none",
        "--passphrase-file", tmp_path / "secret",
    )  # fmt: skip
    assert done.returncode == 2
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("http://localhost:9000", ['hosts = ["localhost"]', "port = 9000", "secure = false"]),
        ("https://mail.firm.example", ['hosts = ["mail.firm.example"]', "port = 8420", "secure = true"]),
    ],
)
def test_the_settings_say_where_the_pages_are(address: str, lines: list[str]) -> None:
    text = settings_text(Plan("F", address=address), "org_x")
    assert all(any(line.startswith(each) for line in text.splitlines()) for each in lines)
    assert "\n[[smtp]]" not in text
    assert "\n[[smtp]]" in settings_text(Plan("F", mail="127.0.0.1:8425"), "org_x")
