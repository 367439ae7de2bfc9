"""From `muniment init` to two signing keys: what the printed links lead to, in a real browser, on a served home."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from muniment.vault.authority.register import KeyKind, Power
from muniment.vault.client import doors
from tests.installations import Installation, found

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "three odd words here"
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return found(tmp_path, keys=False, mail=False)


def code(secret: str) -> str:
    """The six digits of an authenticator app now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def enrol(page: Page, link: str, name: str, origin: str) -> None:
    page.goto(link)
    page.get_by_label("Your full name").fill(name)
    page.get_by_label("Your e-mail address at work").fill(f"{name.partition(' ')[0].lower()}@harbour.example")
    page.get_by_label("Choose a password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/recovery-codes")
    page.goto(f"{origin}/profile/code-app")
    secret = page.locator(".muniment-code").text_content() or ""
    page.get_by_label("The six digits that the app shows now").fill(code(secret))
    page.get_by_role("button", name="Turn on").click()
    page.wait_for_load_state()
    page.goto(link)
    assert page.get_by_text("Done").count() >= 3
    page.get_by_role("button", name="Register").click()
    page.wait_for_load_state()


def test_the_links_that_init_prints_make_two_authorities(
    installation: Installation, browser: Browser
) -> None:
    people = installation.printed["authorities"]
    with installation.serving(), doors(installation.home).desk as desk:
        for number, (title, link) in enumerate(installation.printed["enrolment_links"].items()):
            context = browser.new_context(locale="en-GB")
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("WebAuthn.enable")
            session.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
            enrol(page, link, ("Ann Lee", "Bob Poole")[number], installation.origin)
            keys = desk.registered(installation.organisation)
            assert len(keys) == number + 1
            mine = next(key for key in keys if key.person == people[title])
            assert (mine.kind, mine.powers) == (KeyKind.PASSKEY, frozenset({Power.REGISTER}))
            again = page.goto(link)
            assert again is not None
            assert again.status == 404  # once means once
            page.goto(f"{installation.origin}/register-changes")
            assert page.locator("h1").count() == 1
            context.close()
