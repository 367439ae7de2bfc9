"""Ask, look, decide: what HR, the Data Controller and the directors do before anything opens."""

import re
from collections.abc import Callable

from tests.journeys.visitor import Visitor

REASON = "A customer says that the refund was promised and never paid."
UNKNOWN = "Not known"


def ask(by: Visitor, kind: str, *, about: str, actions: tuple[str, ...] = ()) -> str:
    """Make a request, one question a page, and send it signed; its address."""
    by.follow("Requests")
    by.look("requests")
    by.follow("New request")
    by.look("request-kind")
    by.tick(kind)
    by.press("Continue")
    _answer(by, "reason", lambda: by.page.get_by_label("Why do you need").fill(REASON))
    _answer(by, "purpose", lambda: by.page.get_by_role("radio").nth(1).check())
    _answer(by, "about", lambda: by.tick(about))
    _answer(by, "when", lambda: by.page.get_by_role("textbox").fill("In March"))
    for name in ("parties", "nature", "external-number", "extension"):
        _answer(by, name, lambda: by.tick(UNKNOWN))
    if actions:
        _answer(by, "actions", lambda: by.tick(*actions))
    by.look("request-check")
    by.follow("Continue to sign")
    by.look("request-sign")
    by.sign()
    by.look("request")
    return by.page.url


def locate(controller: Visitor, request: str, query: str, *subjects: str) -> None:
    """Look under one's signature, tick what fits, fix the list."""
    start_looking(controller, request)
    search(controller, query)
    controller.look("locate")
    for subject in subjects:
        controller.tick(subject)
    controller.press("Continue with the ticked records")
    controller.look("locate-check")
    controller.press("Fix the list and pass it on")
    controller.look("request-located")
    assert "The records are fixed" in controller.words()


def start_looking(controller: Visitor, request: str) -> None:
    """Sign once, and look for half an hour."""
    controller.go(request)
    controller.follow("Look for the records")
    controller.look("locate-sign")
    controller.sign()


def search(controller: Visitor, query: str) -> None:
    """Look again, on the page of looking."""
    controller.fill("Look for", query)
    controller.press("Search")


def decide(by: Visitor, request: str, verdict: str, *, beside: str = "", name: str = "approve") -> None:
    """Say yes or no with a reason, and sign it; `beside` is who else must say yes."""
    by.go(f"{request}/decision")
    by.look(name)
    by.tick(verdict)
    if beside:
        by.page.get_by_label("Who else must say yes").select_option(label=beside)
    by.fill("Your reason", "It has to be settled, and nothing milder would do.")
    by.press("Continue to sign")
    by.look(f"{name}-sign")
    by.sign()
    by.look(f"{name}-done")


def decide_by_keyboard(by: Visitor, request: str) -> None:
    """The same without a pointer: Tab, arrows, Space and Enter only."""
    by.go(f"{request}/decision")
    by.look("approve-phone")
    keyboard = by.page.keyboard
    _tab_to(by, "input[name=verdict]")
    keyboard.press("Space")
    _tab_to(by, "textarea[name=reason]")
    keyboard.type("It has to be settled, and nothing milder would do.")
    _tab_to(by, "button")
    with by.page.expect_navigation():
        keyboard.press("Enter")
    by.look("approve-phone-sign")
    _tab_to(by, "button[data-sign]")
    with by.page.expect_navigation():
        keyboard.press("Enter")
    by.look("approve-phone-done")


def _tab_to(by: Visitor, selector: str) -> None:
    for _ in range(60):
        by.page.keyboard.press("Tab")
        if by.page.evaluate("selector => document.activeElement.matches('main ' + selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab on {by.page.url}")


def _answer(by: Visitor, name: str, give: Callable[[], None]) -> None:
    by.look(f"question-{name}")
    give()
    by.press("Save and continue")


def newest_grant(holder: Visitor) -> str:
    """Go to what was granted last; its address."""
    holder.go("/grants")
    holder.look("grants")
    holder.page.locator("main h3 a").first.click()
    holder.page.wait_for_load_state()
    holder.look("grant")
    return holder.page.url


def open_record(holder: Visitor, words: str) -> None:
    """From a grant past the interruption page, signed."""
    holder.follow(re.compile(f"^{words}"))
    holder.look("interruption")
    holder.sign()
