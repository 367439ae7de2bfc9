"""One person's browser: a passkey in it, everything that goes wrong on a page kept, a picture of each page."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Playwright, Request, ViewportSize

from tests.installations import muniment

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text
CHROMIUM = Path("/usr/bin/chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK: ViewportSize = {"width": 1100, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 780}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
PATIENCE = 15_000  # milliseconds; a page that takes longer does not come
PASSWORD = "three odd words here"
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
REPORTS = "addEventListener('securitypolicyviolation', e => report(e.violatedDirective + ' ' + e.blockedURI))"


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, closed at the end."""
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield opened
    opened.close()


@dataclass
class Visitor:
    """A person who walks through the pages. `site` is where the pages are."""

    browser: Browser
    site: str
    name: str
    email: str
    window: ViewportSize = field(default_factory=lambda: DESK)
    scripts: bool = True
    key: Path | None = None
    """The file of a signing key; without one the passkey signs."""
    looked: set[str] = field(default_factory=set)
    """The pages that somebody has looked at closely already, in the same story."""

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            locale="en-GB", viewport=self.window, java_script_enabled=self.scripts
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self._asked_for: list[str] = []
        self._blocked: list[str] = []
        self.quiet = False
        self.page.on("pageerror", lambda error: self._fault(str(error)))
        self.page.on("console", lambda line: self._fault(line.text) if line.type == "error" else None)
        self.context.on("request", lambda request: self._asked_for.append(request.url))
        self.context.on("requestfailed", self._failed)
        if self.scripts:
            self.context.expose_binding("report", lambda _source, text: self._fault(str(text)))
            self.context.add_init_script(REPORTS)
            session = self.context.new_cdp_session(self.page)
            session.send("WebAuthn.enable")
            session.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})

    def go(self, address: str, *, status: int = 200) -> None:
        """Open a page. `status` is the answer that is expected; a refusal is no fault then."""
        self.quiet = status != 200
        answer = self.page.goto(address if "://" in address else self.site + address)
        assert answer is not None
        assert answer.status == status, f"{answer.status} from {address}\n{self.words()}"
        self.quiet = False

    def press(self, words: str | re.Pattern[str]) -> None:
        """Press a button, and wait for the page behind it."""
        self.page.get_by_role("button", name=words, exact=isinstance(words, str)).click()
        self.page.wait_for_load_state()

    def follow(self, words: str | re.Pattern[str], number: int = 0) -> None:
        """Follow a link of the page, also one that looks like a button."""
        exact = isinstance(words, str)
        link = self.page.get_by_role("link", name=words, exact=exact)
        link.or_(self.page.get_by_role("button", name=words, exact=exact)).nth(number).click()
        self.page.wait_for_load_state()

    def fill(self, label: str, words: str) -> None:
        """Write into the field with this label."""
        self.page.get_by_label(label, exact=True).fill(words)

    def tick(self, *labels: str) -> None:
        """Tick boxes, or choose one of several."""
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    @contextmanager
    def another_tab(self) -> Iterator[Page]:
        """The same page once more, where what goes wrong is no fault; what it asks for is still seen."""
        tab = self.context.new_page()
        tab.goto(self.page.url, wait_until="networkidle")
        yield tab
        tab.close()

    def words(self) -> str:
        """Everything that the page says."""
        return self.page.locator("main").inner_text()

    def sign(self) -> None:
        """Sign what the page shows, and wait for the page behind it."""
        button = self._signing()
        button.click()
        button.wait_for(state="detached")  # no page that follows has the same button
        self.page.wait_for_load_state()

    def sign_and_take(self, folder: Path) -> Path:
        """Sign what the page shows, and take the file that comes for it."""
        return self._taken(self._signing(), folder)

    def take(self, link: str, folder: Path) -> Path:
        """Take the file behind a link."""
        return self._taken(self.page.get_by_role("link", name=link), folder)

    def look(self, name: str) -> None:
        """Nothing for axe to say, nothing wider than a small phone, and a picture for whoever wants one."""
        assert self.page.locator("h1").count() == 1, self.page.url
        if not self.scripts or name in self.looked:
            return
        self.looked.add(name)
        if folder := os.environ.get("MUNIMENT_PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        self.quiet = True  # axe reads style sheets in ways that our policy blocks
        self.page.evaluate(AXE())
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        said = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
        assert not said, f"{name}: {said}"
        self.page.set_viewport_size(NARROWEST)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], name
        self.page.set_viewport_size(self.window)
        self.quiet = False

    def leave(self) -> None:
        """Close the browser; everything that went wrong while walking is told now."""
        self.context.close()
        told = [*self.faults, *self.went_out()]
        assert not told, f"{self.name}: {told}"

    def went_out(self) -> list[str]:
        """What was asked of any other host and not stopped in the browser by the content policy."""
        away = [url for url in self._asked_for if not url.startswith((self.site, "data:", "about:"))]
        return [url for url in away if url not in self._blocked]

    def tried_to_go_out(self) -> list[str]:
        """What the content policy has stopped."""
        return list(self._blocked)

    def _signing(self) -> Locator:
        """The button that signs: by passkey, or with what `muniment sign` printed, pasted into the page."""
        if self.key is None:
            return self.page.get_by_role("button", name=re.compile("with your passkey$"))
        self.page.get_by_text("Sign with the command line instead").click()
        text = self._taken(self.page.get_by_role("button", name="Save the text"), self.key.parent)
        words = (self.page.locator("code", has_text="muniment sign").text_content() or "").split()
        named = {"FILE": self.key, "statement.json": text}
        done = muniment(*(named.get(word, word) for word in words[1:]))
        assert done.returncode == 0, done.stderr
        self.page.get_by_label("What muniment sign printed").fill(done.stdout)
        return self.page.get_by_role("button", name=re.compile("with this signature$"))

    def _taken(self, source: Locator, folder: Path) -> Path:
        with self.page.expect_download() as coming:
            source.click()
        path = folder / coming.value.suggested_filename
        coming.value.save_as(path)
        return path

    def _failed(self, request: Request) -> None:
        if request.failure == "csp":
            self._blocked.append(request.url)

    def _fault(self, text: str) -> None:
        if not self.quiet:
            self.faults.append(f"{self.page.url}: {text}")
