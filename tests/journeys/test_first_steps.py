"""First steps of a person in a real browser: sign in, passkey, policy, signing; axe on every page, 320 px too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from muniment.people.roles import Role
from muniment.vault.authority import keyfile
from tests.site import PASSWORD, Site, serve

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = ((1280, 900), (320, 640))

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Walker:
    """One person's browser, with a passkey in it; what goes wrong on a page is kept."""

    def __init__(self, browser: Browser, site: Site, *, scripts: bool = True) -> None:
        self.site = site
        self.context = browser.new_context(locale="en-GB", java_script_enabled=scripts)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.faults.append(f"{self.page.url}: {line.text}")

    def go(self, address: str) -> None:
        self.page.goto(self.site.address + address)

    def press(self, words: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=words, exact=exact).click()
        self.page.wait_for_load_state()

    def enter(self, role: Role) -> None:
        self.page.goto(self.site.link(self.site.town.ours, role.value))
        self.page.get_by_role("button", name=re.compile("Continue as")).click()
        self.page.wait_for_load_state()
        if "/policies/acceptance" in self.page.url:
            self.accept()

    def accept(self) -> None:
        self.page.get_by_label("I have read this policy and accept it").check()
        self.press("Accept and continue")

    def words(self) -> str:
        return self.page.locator("main").inner_text()

    def inspect(self) -> None:
        """Nothing for axe to say, and nothing wider than the page, at a desk and on a phone."""
        said = list(self.faults)
        for width, height in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": height})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
            self.page.evaluate(AXE.read_text())
            found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], self.page.url
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.faults[:] = said  # axe reads style sheets in ways that our policy blocks


def test_a_director_sets_up_a_passkey_and_it_comes_to_sign(site: Site, browser: Browser) -> None:
    walker = Walker(browser, site)
    signs_in_by_password(walker)
    makes_a_passkey(walker)
    accepts_the_policy(walker)
    for address in PLAIN_PAGES:
        walker.go(address)
        walker.inspect()
    gets_the_passkey_registered(walker, browser)
    signs_with_it(walker, browser)
    signs_in_with_it(walker)
    assert walker.faults == []


PLAIN_PAGES = (
    "/",
    "/profile",
    "/profile/tokens",
    "/profile/sessions",
    "/profile/code-app",
    "/policies",
    "/my-records",
)


def signs_in_by_password(walker: Walker) -> None:
    """Nothing is shown before there is a second factor."""
    walker.go("/profile")
    walker.inspect()
    email = walker.site.town.ours[Role.DIRECTOR].email(walker.site.town.ours.domain)
    walker.page.get_by_label("E-mail address").fill(email)
    walker.page.get_by_label("Password", exact=True).fill(PASSWORD)
    walker.press("Sign in")
    assert walker.page.url.endswith("/second-factor")
    walker.inspect()


def makes_a_passkey(walker: Walker) -> None:
    """After saying again who it is."""
    walker.page.get_by_role("link", name="Passkey").click()
    walker.page.get_by_label("Your password").fill(PASSWORD)
    walker.press("Continue")
    walker.inspect()
    walker.page.get_by_label("A name for this passkey").fill("Laptop")
    walker.press("Make the passkey")
    walker.page.wait_for_url("**/recovery-codes")
    walker.inspect()


def accepts_the_policy(walker: Walker) -> None:
    """Not without ticking the box; then comes the first page."""
    walker.go("/")
    walker.inspect()
    walker.press("Accept and continue")
    walker.inspect()
    walker.accept()
    assert "What waits for me" in walker.words()


def gets_the_passkey_registered(walker: Walker, browser: Browser) -> None:
    """Two authorities say yes, by demo key."""
    walker.go("/profile/signing-keys")
    walker.inspect()
    walker.press("Ask for “Laptop” to sign")
    signs_by_demo_key(browser, walker.site, Role.DIRECTOR, "Let the passkey")
    other = signs_by_demo_key(browser, walker.site, Role.DATA_CONTROLLER, "Let the passkey")
    assert "The register has changed" in other.words()
    walker.go("/profile/signing-keys")
    assert "Passkey" in walker.words()


def signs_with_it(walker: Walker, browser: Browser) -> None:
    """Over exactly the text that is shown; the keeper takes it as one of the two signatures."""
    asker = Walker(browser, walker.site)
    asker.enter(Role.HR)
    asker.go("/profile/signing-keys")
    asker.press("Ask to remove", exact=False)
    walker.go("/register-changes")
    walker.page.get_by_role("link", name=re.compile("Remove a signing key")).click()
    walker.inspect()
    walker.page.get_by_role("button", name="Sign this change with your passkey").click()
    walker.page.get_by_role("heading", name="Signed").wait_for()
    other = signs_by_demo_key(browser, walker.site, Role.DATA_CONTROLLER, "Remove a signing key")
    assert "The register has changed" in other.words()


def signs_in_with_it(walker: Walker) -> None:
    """Without a password."""
    walker.go("/sign-out")
    walker.press("Sign out")
    walker.go("/sign-in")
    walker.press("Sign in with a passkey")
    walker.page.wait_for_url(f"{walker.site.address}/")


def signs_by_demo_key(browser: Browser, site: Site, role: Role, change: str) -> Walker:
    other = Walker(browser, site)
    other.enter(role)
    other.page.get_by_role("link", name=re.compile(change)).click()
    other.inspect()
    other.press("Sign this change with the demo key")
    other.inspect()
    assert other.faults == []
    return other


def test_a_newcomer_follows_an_invitation_and_asks_for_a_signing_key(site: Site, browser: Browser) -> None:
    newcomer = Walker(browser, site)
    firm = site.town.ours
    newcomer.go(f"/enrol/{firm.id}/enrol-{firm.id}")
    newcomer.inspect()
    newcomer.page.get_by_label("Your full name").fill("Ada Newcomer")
    newcomer.page.get_by_label("Your e-mail address at work").fill("ada@harbour.example")
    newcomer.page.get_by_label("Choose a password", exact=True).fill("several words of no use")
    newcomer.press("Continue")
    newcomer.accept()
    newcomer.go("/profile/passkeys/add")
    newcomer.press("Make the passkey")
    newcomer.page.wait_for_url("**/recovery-codes")
    newcomer.go("/profile/signing-keys")
    newcomer.press("Ask for “My passkey” to sign")
    assert "0 of 2 signatures" in newcomer.words()
    newcomer.press("Withdraw", exact=False)
    assert "0 of 2 signatures" not in newcomer.words()
    assert newcomer.faults == []


def test_everything_but_signing_works_without_scripts(site: Site, browser: Browser, tmp_path: Path) -> None:
    walker = Walker(browser, site, scripts=False)
    walker.enter(Role.HR)
    for address in ("/", "/profile", "/profile/tokens", "/policies", "/my-records", "/profile/signing-keys"):
        walker.go(address)
        assert walker.page.locator("h1").count() == 1
    walker.go("/profile/tokens")
    walker.page.get_by_label("What is it for?").fill("report")
    walker.page.get_by_label("7 days").check()
    walker.press("Make a token")
    assert "Copy this token now" in walker.words()
    walker.go("/profile/signing-keys/file")
    public = keyfile.write(tmp_path / "mine.key", keyfile.generate())
    walker.page.get_by_label("Public key").fill(public.read_text())
    walker.press("Ask two authorities")
    assert "0 of 2 signatures" in walker.words()
    assert not walker.page.get_by_role("button", name=re.compile("with your passkey")).count()
