"""A call is heard: asked for, approved, opened by a signature, played in a browser, and gone after its time."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from muniment.core import ids
from muniment.core.call_facts import MaskedSpan
from muniment.vault import sealing
from muniment.vault.client import CaptureDoor
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document
from tests.installations import Served, found, until
from tests.journeys import arriving, asking
from tests.journeys.visitor import DESK, PHONE, Visitor, chromium
from tests.readers.calls.samples import STARTED, a_call, the_facts
from tests.readers.calls.test_reading import statement

pytestmark = pytest.mark.needs("chromium")

POLICY = "We keep every call.\n\nNobody hears one without a reason that somebody entitled has signed."
SECONDS = 40
MASKED = MaskedSpan(STARTED + 8000, STARTED + 14_000, None, "api", "agent desktop")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as opened:
        yield opened


def a_recorded_call() -> tuple[bytes, bytes]:
    """A call with a masked stretch, one on hold, and a hole in what the called party said."""
    facts = the_facts(SECONDS, masks=(MASKED,), holds=((STARTED + 20_000, STARTED + 24_000),))

    def masked_and_holed(number: int, packets: list) -> list:
        kept = [one for one in packets if not 8000 <= one.arrival < 14_000]
        return [one for one in kept if not (number == 1 and 30_000 <= one.arrival < 30_400)]

    return a_call(SECONDS, facts=facts, change=masked_and_holed), statement("siprec", facts=facts)


def kept(served: Served) -> str:
    """Seal it as the recorder would; the record's id."""
    original, told = a_recorded_call()
    document = Document(Kind.RECORD, pack_content(told, original), id=ids.new_record_id())
    door = CaptureDoor(served.installation.home.socket("capture"))
    door.seal(sealing.seal_batch(door.epoch(served.installation.organisation), [document]))
    door.close()
    assert document.id
    return ids.record_text(document.id)


def opened_to_listen(controller: Visitor, director: Visitor, hr: Visitor) -> None:
    request = asking.ask(hr, "A business need", about=hr.name)
    asking.start_looking(controller, request)

    def found_it() -> bool:
        asking.search(controller, "queue:sales")
        return "Call, 40 s" in controller.words()

    until(found_it, pause=0.3)
    controller.page.get_by_role("checkbox").first.check()
    controller.press("Continue with the ticked records")
    controller.press("Fix the list and pass it on")
    asking.decide(director, request, "Yes")
    asking.newest_grant(hr)
    hr.follow(re.compile("^Listen"))
    hr.look("listen-interruption")
    assert "what you hear for one purpose only" in hr.words()
    hr.sign()


def test_a_call_is_heard_under_a_grant(tmp_path: Path, browser: Browser) -> None:
    made = found(tmp_path, keys=False)
    looked = set[str]()
    with made.serving() as served:
        controller, director, hr = (
            Visitor(browser, made.origin, name, f"{name.partition(' ')[0].lower()}@harbour.example", DESK, looked=looked)
            for name in ("Ann Lee", "Beth Poole", "Hana Roy")
        )  # fmt: skip
        arriving.come_in(made.printed["enrolment_links"], POLICY, controller, director, hr, "HR")
        kept(served)
        opened_to_listen(controller, director, hr)
        the_page_plays(hr)
        notes_stand_at_their_moment(hr)
        hr.context.pages[0].set_viewport_size(PHONE)
        hr.look("listen-phone")
        for person in (controller, director, hr):
            person.leave()
        nothing_heard_lies_on_disk(made.home.path)
    assert made.verify()["faults"] == []


def the_page_plays(hr: Visitor) -> None:
    """The browser's own player has the sound, jumps in it, and the waveform shows what is not there."""
    ranges: list[str] = []
    hr.page.on("response", lambda one: ranges.append(f"{one.status} {one.headers.get('cache-control')}") if one.url.endswith("/sound") else None)  # fmt: skip
    hr.page.reload()
    hr.page.locator("[data-drawn=yes]").wait_for()
    audio = hr.page.locator("audio")
    until(lambda: audio.evaluate("one => one.readyState >= 1"))
    assert audio.evaluate("one => one.duration") == pytest.approx(SECONDS, abs=0.05)
    hr.look("listen")
    assert hr.page.locator(".muniment-player__mark--mask").count() == 1
    assert hr.page.locator(".muniment-player__mark--hold").count() == 1
    assert hr.page.locator(".muniment-player__mark--hole").count() >= 1
    for words in (
        "0:08 to 0:14",
        "Not recorded on purpose: a program paused the recording",
        "Where packets are missing",
    ):
        assert words in hr.words(), words
    hr.page.locator("[data-speed]").select_option("2")
    hr.page.locator("[data-act=on]").focus()
    hr.page.keyboard.press("l")
    hr.page.keyboard.press("k")
    until(lambda: audio.evaluate("one => one.currentTime > 6"))
    assert audio.evaluate("one => [one.readyState >= 3, one.playbackRate, one.paused]") == [True, 2, False]
    assert "Pause" in hr.page.locator("[data-act=play]").inner_text()
    audio.evaluate("one => { one.pause(); one.currentTime = 35 }")
    until(lambda: audio.evaluate("one => !one.seeking && one.readyState >= 2"))
    assert ranges
    assert set(ranges) == {"206 no-store"}


def notes_stand_at_their_moment(hr: Visitor) -> None:
    hr.page.locator("[data-act=play]").focus()
    hr.page.keyboard.press("n")
    assert hr.page.get_by_label("Moment").input_value() == "0:35"
    hr.page.get_by_label("Note", exact=True).fill("Here he agrees.")
    hr.press("Write it down")
    assert "Here he agrees." in hr.words()
    hr.page.locator("[data-drawn=yes]").wait_for()
    assert hr.page.locator(".muniment-player__mark--note").count() == 1


def nothing_heard_lies_on_disk(home: Path) -> None:
    """Neither the payload as it was sent nor the samples that were played."""
    original, _ = a_recorded_call()
    wanted = [original[20_000:20_032], original[-40_000:-39_968]]
    assert len({hashlib.sha256(one).digest() for one in wanted}) == len(wanted)
    for path in home.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not any(one in held for one in wanted), path
            assert b"Here he agrees." not in held, path
