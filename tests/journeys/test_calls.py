"""Calls in a browser: heard while they last, rid of what nobody may keep, and kept as Opus by rule.

One installation with a real recorder serves all journeys; each makes its own calls and needs no other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from playwright.sync_api import Browser, sync_playwright

from muniment.capture import statement as capture
from muniment.core import clock, ids
from muniment.vault import sealing
from muniment.vault.client import CaptureDoor
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document
from tests.installations import Served, found, free_port, until
from tests.journeys import arriving, asking
from tests.journeys.ringing import PITCHES, ringing
from tests.journeys.visitor import DESK, PHONE, Visitor, chromium
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement

pytestmark = pytest.mark.needs("chromium")

POLICY = "We keep every call.\n\nSomebody may listen while it lasts, where a director has agreed."
DAYS = 30
SECONDS = 20
LONG = 90.0  # seconds in which anything must have come that a process does by itself

ELSEWHERE = [
    "enrol", "enrol-steps", "passkey", "recovery-codes", "code-app",
    "enrol-registered", "policies-none", "policy-publish", "policy-to-accept", "policies",
    "people", "people-add", "people-link", "start-newcomer", "person",
    "signing-keys", "start-authority", "register-change", "register-signed", "requests",
    "request-kind", "question-reason", "question-purpose", "question-about", "question-when",
    "question-parties", "question-nature", "question-external-number", "question-extension", "question-actions",
    "request-check", "request-sign", "request", "grants", "grant",
    "locate-sign",
]  # fmt: skip
"""Pages on the way that the other journeys look at closely."""

# What the browser plays is noted: its length, the pitch of each side (the median, whatever is missing between);
# and that it has been played to its end.
NOTING = """
window.played = []; window.over = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  const pitches = [];
  for (let channel = 0; channel < this.buffer.numberOfChannels; channel++) {
    const samples = this.buffer.getChannelData(channel);
    const rises = [...samples.keys()].filter((at) => at && samples[at - 1] < 0 && samples[at] >= 0);
    const periods = rises.slice(1).map((at, place) => at - rises[place]).sort((one, other) => one - other);
    pitches.push(periods.length ? this.buffer.sampleRate / periods[Math.floor(periods.length / 2)] : 0);
  }
  window.played.push({ seconds: this.buffer.duration, pitches });
  this.addEventListener("ended", () => window.over++);
  return start.apply(this, when);
};
"""


@dataclass
class House:
    """The installation while it serves, and its people."""

    served: Served
    sip: int
    controller: Visitor
    director: Visitor
    manager: Visitor
    colleague: Visitor
    """Whose line it is: whoever has accepted the policy may be listened to."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as opened:
        yield opened


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = found(tmp_path_factory.mktemp("calls"), keys=False, mail=False)
    sip = free_port()
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[calls.native_days]\n{made.organisation} = {DAYS}\n[calls.media]\nfirst_port = {free_port()}\n'
            f'free_disk = 0\nlast_port = 39999\n[[calls.listeners]]\ntransport = "tcp"\nlisten = "127.0.0.1:{sip}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "switch"\n'
            "networks = [\"127.0.0.0/8\"]\ninternal = '^\\d{3}$'\n"
            f'[[calls.line]]\norganisation = "{made.organisation}"\nname = "desks"\nstaff = ["display"]\n'
        )  # fmt: skip
    looked = set(ELSEWHERE)
    people = [
        Visitor(browser, made.origin, name, f"{name.partition(' ')[0].lower()}@harbour.example", DESK, looked=looked)
        for name in ("Ann Lee", "Beth Poole", "Olga Roy", "Asha Nair")
    ]  # fmt: skip
    with made.serving() as served:
        arriving.come_in(
            made.printed["enrolment_links"], POLICY, people[0], people[1], people[2], "Office manager"
        )
        arriving.join(people[3], arriving.invite(people[0], people[3]))
        yield House(served, sip, *people)
        for person in people:
            person.leave()
    assert made.verify()["faults"] == []


# --- while a call lasts -------------------------------------------------------------------------------


def test_a_call_is_heard_while_it_lasts(house: House) -> None:
    manager = house.manager
    grant = may_hear(house)
    assert "no call on" in manager.words()
    manager.look("live-none")
    with ringing(house.sip) as line:
        begin_to_listen(manager)
        until(lambda: int(manager.page.evaluate("window.over")) >= 2, LONG)
        manager.look("live-hearing")
        played = manager.page.evaluate("window.played")
        assert all(0 < one["seconds"] < 5 for one in played)
        for place, pitch in enumerate(PITCHES):
            near = pytest.approx(pitch, rel=0.05)
            assert any(one["pitches"][place] == near for one in played), played
        line.silent.set()
        says(manager, "Recording is paused")
        line.silent.clear()
        says(manager, "You hear the call")
        manager.quiet = True  # the answer that says that it is over is one that the browser notes
        line.over.set()
        says(manager, "the call is over")
    manager.quiet = False
    manager.page.set_viewport_size(PHONE)
    assert manager.page.get_by_role("link", name="make a request").is_visible()
    assert not manager.page.get_by_role("button", name="Begin to listen").is_visible()
    manager.page.set_viewport_size(DESK)
    manager.press("Listen no more")
    assert "You listen no more" in manager.words()
    house.controller.go(grant)
    assert "1 of at most" in house.controller.words()


def test_nobody_listens_without_the_grant_and_nobody_on_once_it_is_taken_back(house: House) -> None:
    manager, director = house.manager, house.director
    grant = may_hear(house)
    director.go(f"{grant}/calls", status=403)
    assert "the attempt is listed" in director.words()
    with ringing(house.sip):
        begin_to_listen(manager)
        says(manager, "You hear the call")
        director.go(grant)
        director.follow("Take this grant back")
        director.page.get_by_label("Why?").fill("The matter is settled.")
        director.press("Continue to sign")
        manager.quiet = True  # so is the answer that gives nothing more
        director.sign()
        says(manager, re.compile("Nothing more is given|taken back"))  # whichever door notices it first
        heard = manager.page.evaluate("window.played.length")
        manager.press("Listen no more")
        manager.quiet = False
        assert "The grant was taken back" in manager.words()
        assert "Bo" not in manager.words(), "nor who speaks with whom"
    assert heard >= 1
    manager.look("live-taken-back")
    manager.go(grant)
    assert "The matter is settled." in manager.words()


def may_hear(house: House) -> str:
    """The manager asks, a director says yes; the grant's address. The manager stands before the list of calls."""
    manager, director = house.manager, house.director
    manager.go("/requests/new")
    manager.tick("Listen to calls in progress")
    manager.press("Continue")
    manager.look("live-question-reason")
    manager.page.get_by_label("Why do you need to listen?").fill("Asha asked for coaching on long calls.")
    manager.press("Save and continue")
    manager.page.get_by_role("radio").nth(3).check()
    manager.press("Save and continue")
    manager.tick(house.colleague.name)
    manager.press("Save and continue")
    manager.page.get_by_role("textbox").fill("201")
    manager.press("Save and continue")
    manager.tick("4 hours")
    manager.press("Save and continue")
    manager.follow("Continue to sign")
    manager.sign()
    request = manager.page.url
    director.go("/")
    director.follow(re.compile(f"^Decide the request of {manager.name}"))
    assert "on extension 201" in director.words()
    asking.decide(director, request, "Yes")
    manager.go(request)
    manager.follow("See the grant")
    grant = manager.page.url
    manager.follow("See the calls in progress")
    return grant


def begin_to_listen(manager: Visitor) -> None:
    """From the list, which shows a call by itself, to the first second that is heard."""
    link = manager.page.get_by_role("link", name="Listen to Bo and Asha")
    link.first.wait_for(timeout=LONG * 1000)
    manager.look("live-list")
    link.first.click()
    manager.page.wait_for_load_state()
    assert "Bo and Asha" in manager.words()
    manager.look("live-interruption")
    manager.page.add_init_script(NOTING)
    manager.sign()
    assert manager.page.get_by_role("heading", level=1).inner_text() == "Bo and Asha"
    manager.look("live-before")
    manager.page.get_by_role("button", name="Begin to listen").click()
    says(manager, "You hear the call")


def says(manager: Visitor, words: str | re.Pattern[str]) -> None:
    """Wait until the page says so, where a screen reader hears it too."""
    said = manager.page.get_by_role("status").filter(has_text=words)
    said.wait_for(timeout=LONG * 1000)


# --- what nobody may keep -----------------------------------------------------------------------------


def test_two_persons_take_a_stretch_out_of_a_recording(house: House) -> None:
    controller, director = house.controller, house.director
    sealed(house, "claims", old=False)
    opening = may_listen(controller, "claims")
    request = ask_to_take_out(controller)
    controller.go(f"{request}/decision")
    assert "0:05.500 to 0:08.000" in controller.words()
    asking.decide(controller, request, "Yes", beside=director.name, name="excise-decide")
    asking.decide(director, request, "Yes", name="excise-second")
    controller.go(opening)
    controller.page.locator("[data-drawn=yes]").wait_for(timeout=LONG * 1000)
    assert "silent for everybody" in controller.words()
    assert controller.page.locator(".muniment-player__mark--withheld").count() == 1
    controller.go(request)
    controller.follow("See the grant")
    controller.follow(re.compile("^Take the stretches out"))
    controller.look("excise-carry-out")
    controller.sign()
    assert "Certificate of stretches taken out" in controller.words()
    assert "0:05.5 to 0:08" in controller.words()
    follow_the_new_record(controller, "excise-certificate")
    assert "Stands for" in controller.words()
    may_listen(controller, "claims")
    assert "taken out later" in controller.words()
    assert controller.page.locator(".muniment-player__mark--mask").count() == 1
    controller.look("excise-listen")
    plays(controller)


def ask_to_take_out(controller: Visitor) -> str:
    """From the listening page to the signed request, with a mistake and a change on the way; its address."""
    controller.follow("Take stretches out of the record")
    controller.look("excise")
    audio = controller.page.locator("audio")
    until(lambda: audio.evaluate("one => one.duration") == pytest.approx(SECONDS, abs=0.05), LONG)
    controller.fill("Why may they not be kept?", "The security code of a card was said.")
    controller.quiet = True  # the answer to a form that is not filled in
    controller.press("Go on to sign")
    controller.quiet = False
    controller.look("excise-error")
    controller.page.get_by_role("link", name="Say which stretch it is.").click()
    assert controller.page.evaluate("document.activeElement.id") == "start-1"
    controller.page.keyboard.type("0:05.5")
    controller.page.locator("#end-1").fill("0:08")
    controller.press("Go on to sign")
    controller.look("excise-sign")
    controller.press("Change it")
    assert controller.page.locator("#start-1").input_value() == "0:05.5"
    controller.press("Go on to sign")
    assert "0:05.5 to 0:08" in controller.words()
    controller.sign()
    return controller.page.url


# --- old recordings -----------------------------------------------------------------------------------


def test_an_old_recording_is_kept_as_opus_and_still_plays(house: House) -> None:
    controller, director = house.controller, house.director
    sealed(house, "archive", old=True)

    def due() -> bool:
        controller.go("/calls/completeness")
        controller.follow("Old recordings, and how they are kept")
        return "One request names" in controller.words()

    until(due, LONG, pause=0.5)
    controller.look("native")
    controller.fill("Why need they not be kept as they are?", "They are older than our rule says.")
    controller.press("Ask to keep these as Opus")
    controller.look("native-sign")
    controller.sign()
    request = controller.page.url
    asking.decide(controller, request, "Yes", beside=director.name, name="native-decide")
    asking.decide(director, request, "Yes", name="native-second")
    controller.go("/")
    controller.follow(re.compile("^You may keep as Opus the sound of 1 record"))
    controller.follow("Keep them as Opus")
    controller.look("native-carry-out")
    controller.sign()
    controller.page.get_by_text("Nothing is left to be done.").wait_for(timeout=LONG * 1000)
    assert "1 of 1" in controller.words()
    controller.look("native-done")
    controller.follow("See the certificates")
    controller.look("certificates")
    controller.page.get_by_role("row", name=re.compile("Sound kept as Opus")).get_by_role(
        "link"
    ).first.click()
    controller.page.wait_for_load_state()
    assert "Opus in Ogg, 2 channels" in controller.words()
    follow_the_new_record(controller, "native-certificate")
    may_listen(controller, "archive")
    assert "Kept as Opus since" in controller.words()
    controller.look("native-listen")
    plays(controller)


# --- both -----------------------------------------------------------------------------------------------


def sealed(house: House, queue: str, *, old: bool) -> None:
    """A recorded call of its own queue, sealed as the recorder would; it came now, or years ago."""
    facts = the_facts(SECONDS, id=f"call of {queue}", global_id=queue, queue=queue)
    told = statement("siprec", facts=facts)
    if not old:
        told = msgspec.structs.replace(capture.decode(told), received=clock.seconds()).encode()
    document = Document(Kind.RECORD, pack_content(told, a_call(SECONDS, facts=facts)), id=ids.new_record_id())
    made = house.served.installation
    with CaptureDoor(made.home.socket("capture")) as door:
        door.seal(sealing.seal_batch(door.epoch(made.organisation), [document]))


def may_listen(controller: Visitor, queue: str) -> str:
    """A person asks for their own data: the controller finds the one call of a queue, and hears it at this address."""
    request = asking.ask(
        controller, "A person asks for their own data", about="Asha Nair", actions=("Listen",)
    )
    asking.start_looking(controller, request)

    def found_it() -> bool:
        asking.search(controller, f"queue:{queue}")
        return controller.page.get_by_role("checkbox").count() == 1 and "Call, 20 s" in controller.words()

    until(found_it, LONG, pause=0.3)
    controller.page.get_by_role("checkbox").check()
    controller.press("Continue with the ticked records")
    controller.press("Fix the list and pass it on")
    asking.decide(controller, request, "Yes", name="own-data-decide")
    controller.go(request)
    controller.follow("See the grant")
    controller.follow(re.compile("^Listen"))
    controller.sign()
    controller.page.locator("[data-drawn=yes]").wait_for(timeout=LONG * 1000)
    return controller.page.url


def follow_the_new_record(controller: Visitor, name: str) -> None:
    """From a certificate to the record that is kept instead, once the catalogue has it."""
    link = controller.page.locator("article dd a")

    def listed() -> bool:
        controller.page.reload()
        return link.count() == 1

    until(listed, LONG, pause=0.5)
    controller.look(name)
    link.click()
    controller.page.wait_for_load_state()


def plays(controller: Visitor) -> None:
    """The browser's own player has all of it, and it moves."""
    audio = controller.page.locator("audio")
    until(lambda: audio.evaluate("one => one.readyState >= 1"), LONG)
    assert audio.evaluate("one => one.duration") == pytest.approx(SECONDS, abs=0.1)
    controller.page.locator("[data-act=play]").click()
    until(lambda: audio.evaluate("one => one.currentTime > 0.5 && one.error === null"), LONG)
