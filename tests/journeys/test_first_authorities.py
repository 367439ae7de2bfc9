"""From `muniment init` to two signing keys: what the printed links lead to, in a real browser, on a served home."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from muniment.vault.authority.register import KeyKind, Power
from muniment.vault.client import doors
from tests.installations import found
from tests.journeys import arriving
from tests.journeys.visitor import Visitor, chromium

pytestmark = pytest.mark.needs("chromium")


def test_the_links_that_init_prints_make_two_authorities(tmp_path: Path) -> None:
    made = found(tmp_path, keys=False, mail=False)
    with (
        sync_playwright() as playwright,
        chromium(playwright) as browser,
        made.serving(),
        doors(made.home).desk as desk,
    ):
        for number, (title, link) in enumerate(made.printed["enrolment_links"].items()):
            name = ("Ann Lee", "Bob Poole")[number]
            authority = Visitor(browser, made.origin, name, f"{name[:3].lower()}@harbour.example")
            arriving.enrol(authority, link)
            keys = desk.registered(made.organisation)
            assert len(keys) == number + 1
            mine = next(key for key in keys if key.person == made.printed["authorities"][title])
            assert mine.kind is KeyKind.PASSKEY
            assert {Power.REGISTER, Power.DECIDE} <= mine.powers
            assert (Power.CONTROLLER in mine.powers) == (title == "Data Controller")
            authority.go(link, status=404)  # once means once
            authority.go("/register-changes")
            authority.look("register-changes")
            authority.leave()
