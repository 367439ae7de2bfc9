"""The whole thread: a mail arrives, is asked for, approved, opened, proved and erased, by persons with passkeys."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from muniment.vault.authority import keyfile
from tests.installations import Installation, Served, found, until
from tests.journeys import arriving, asking, letters, proving
from tests.journeys.letters import EMPLOYEE, SUBJECT, TERMS_NAME, Outside
from tests.journeys.visitor import DESK, PHONE, Visitor, chromium

pytestmark = pytest.mark.needs("chromium")

BUSINESS, COPIES = "A business need", "Take copies out of Muniment"
POLICY = "We keep every message.\n\nNobody opens one without a reason that somebody entitled has signed."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as opened:
        yield opened


@pytest.fixture
def outside() -> Iterator[Outside]:
    with letters.listening() as host:
        yield host


@dataclass
class House:
    """Everybody of the story, and where it happens."""

    made: Installation
    served: Served
    controller: Visitor
    director: Visitor
    managing: Visitor
    hr: Visitor
    engineer: Visitor
    employee: Visitor
    auditor: Visitor

    @property
    def everybody(self) -> tuple[Visitor, ...]:
        return (
            self.controller, self.director, self.managing, self.hr, self.engineer, self.employee, self.auditor,
        )  # fmt: skip


def house_of(served: Served, browser: Browser) -> House:
    made, looked = served.installation, set[str]()

    def visitor(name: str, email: str = "", window: ViewportSize | None = None) -> Visitor:
        address = email or f"{name.partition(' ')[0].lower()}@harbour.example"
        return Visitor(browser, made.origin, name, address, window or DESK, looked=looked)

    return House(
        made, served, visitor("Ann Lee"), visitor("Beth Poole", window=PHONE), visitor("Carl Voss"),
        visitor("Hana Roy"), visitor("Ivo Tarn"), visitor("Sam Reed", EMPLOYEE), visitor("Uma Frost"),
    )  # fmt: skip


def test_the_whole_thread(tmp_path: Path, browser: Browser, outside: Outside) -> None:
    made = found(tmp_path, keys=False)
    with made.serving() as served:
        house = house_of(served, browser)
        people_come_in(house)
        mail_arrives(house, outside)
        hr_is_granted_a_mail(house)
        record = hr_reads_it(house, outside)
        others_see_that(house, record)
        about_the_director(house)
        evidence_proves(house, tmp_path)
        two_persons_erase(house, record)
        for person in house.everybody:
            person.leave()
        assert outside.asked == []
        assert made.verify(*made.deep())["faults"] == []
    assert made.verify()["faults"] == []


def test_all_of_it_without_scripts(tmp_path: Path, browser: Browser, outside: Outside) -> None:
    """Signing is by what `muniment sign` prints, pasted into the page."""
    made = found(tmp_path)
    hana_key = tmp_path / "hana.key"
    public = keyfile.write(hana_key, keyfile.generate())

    def visitor(name: str, email: str, key: Path | None = None) -> Visitor:
        return Visitor(browser, made.origin, name, email, scripts=False, key=key)

    controller = visitor("Ann Lee", "ann@harbour.example", tmp_path / "ann.key")
    director = visitor("Beth Poole", "beth@harbour.example", tmp_path / "bob.key")
    hr, employee = visitor("Hana Roy", "hana@harbour.example", hana_key), visitor("Sam Reed", EMPLOYEE)
    with made.serving() as served:
        served.send(*letters.mails(outside.address))
        for authority, name in ((controller, "ann"), (director, "bob")):
            arriving.join_with_key(authority, made.printed["account_links"][name])
            arriving.set_up_codes(authority)
        arriving.publish_policy(controller, POLICY)
        arriving.accept(director)
        for newcomer, role in ((hr, "HR"), (employee, "Employee")):
            arriving.join(newcomer, arriving.invite(controller, newcomer))
            arriving.give_role(controller, newcomer, role)
        arriving.set_up_codes(hr)
        arriving.ask_for_key_file(hr, public.read_text())
        for authority in (controller, director):
            arriving.approve_keys(authority, hr.name)
        house = House(made, served, controller, director, director, hr, employee, employee, employee)
        evidence_proves(house, tmp_path, openings=3)
        hr.page.go_back()
        record = hr.page.url.removesuffix("/evidence")
        two_persons_erase(house, record)
    assert outside.asked == []
    assert made.verify()["faults"] == []


def people_come_in(house: House) -> None:
    """The two first by their printed links; they let in the others, and sign for their keys."""
    links = house.made.printed["enrolment_links"]
    arriving.enrol(house.controller, links["Data Controller"])
    arriving.enrol(house.director, links["Director"])
    arriving.publish_policy(house.controller, POLICY)
    arriving.accept(house.director)
    for newcomer, role in (
        (house.managing, "Managing director"),
        (house.hr, "HR"),
        (house.engineer, "IT engineer"),
        (house.employee, "Employee"),
        (house.auditor, "Auditor"),
    ):
        link = arriving.invite(house.controller, newcomer)
        arriving.join(newcomer, link)
        arriving.give_role(house.controller, newcomer, role)
        newcomer.go("/profile/passkeys/add")
        arriving.make_passkey(newcomer)
    for person in (house.managing, house.hr):
        arriving.ask_for_key(person)
    for authority in (house.controller, house.director):
        arriving.approve_keys(authority, house.managing.name, house.hr.name)


def mail_arrives(house: House, outside: Outside) -> None:
    """By SMTP, and it is found among what names the employee a moment later."""
    house.served.send(*letters.mails(outside.address))
    employee = house.employee

    def listed() -> bool:
        employee.go("/my-records")
        return all(subject in employee.words() for subject in (SUBJECT, letters.PLAIN))

    until(listed, pause=0.3)
    employee.look("my-records-unopened")
    assert "Nobody has opened a record that names you" in employee.words()


def hr_is_granted_a_mail(house: House) -> None:
    """HR asks, the Data Controller looks, the director says yes on a phone, without a pointer."""
    request = asking.ask(house.hr, BUSINESS, about=house.employee.name)
    asking.locate(house.controller, request, "refund harbour", SUBJECT)
    asking.decide_by_keyboard(house.director, request)


def hr_reads_it(house: House, outside: Outside) -> str:
    """Behind the interruption page, and in a frame that does nothing; the record's address."""
    hr = house.hr
    asking.newest_grant(hr)
    asking.open_record(hr, "Read")
    hr.look("read")
    assert SUBJECT in hr.words()
    assert hr.page.get_by_role("link", name=TERMS_NAME).count() == 0  # to read is not to take away
    proving.frame_is_harmless(hr, outside)
    hr.follow("Proof that it is unaltered")
    hr.look("record-proof")
    assert hr.name in hr.words()
    return hr.page.url


def others_see_that(house: House, record: str) -> None:
    """IT tries and is refused; the employee and the auditor see what was done."""
    proving.is_refused(house.engineer, f"{record}/open", "refused", "the attempt is listed")
    house.engineer.go("/machine")
    house.engineer.look("machine")
    employee = house.employee
    employee.go("/my-records")
    employee.look("my-records")
    for words in (house.hr.name, "Read it", house.director.name):
        assert words in employee.words()
    auditor = house.auditor
    auditor.go("/refused-attempts")
    auditor.look("refused-attempts")
    assert house.engineer.name in auditor.words()
    auditor.go("/proof-log")
    auditor.look("proof-log")
    assert "Record opened" in auditor.words() or "opened" in auditor.words()
    auditor.follow(re.compile("^Entry"))
    auditor.look("proof-log-entry")
    auditor.go("/checks")
    auditor.look("checks")


def about_the_director(house: House) -> None:
    """A request about herself is not hers to decide: another says no."""
    request = asking.ask(house.hr, BUSINESS, about=house.director.name)
    asking.locate(house.controller, request, "canteen", letters.PLAIN)
    proving.is_refused(
        house.director, f"{request}/decision", "refused-about-herself", "You cannot decide this request"
    )
    asking.decide(house.managing, request, "No", name="refuse")


def evidence_proves(house: House, folder: Path, *, openings: int = 4) -> None:
    """Copies take two; the file is checked where there are neither keys nor a network."""
    hr = house.hr
    request = asking.ask(hr, COPIES, about=house.employee.name, actions=("Read", "Take copies"))
    asking.locate(house.controller, request, "refund harbour", SUBJECT)
    asking.decide(house.controller, request, "Yes", beside=house.director.name, name="approve-first-of-two")
    assert "Another person must say yes too" in house.controller.words()
    asking.decide(house.director, request, "Yes", name="approve-second-of-two")
    grant = asking.newest_grant(hr)
    asking.open_record(hr, "Take a copy")
    assert hr.take(TERMS_NAME, folder).read_bytes().replace(b"\r\n", b"\n") == letters.TERMS
    hr.go(grant)
    hr.follow(re.compile("^Proof"))
    hr.follow("Take the evidence")
    hr.look("evidence")
    said = proving.proves_elsewhere(hr.sign_and_take(folder), folder / "out")
    assert (said["holds"], said["openings"]) == (True, openings)


def two_persons_erase(house: House, record: str) -> None:
    """Proposed by the Data Controller, signed by two, carried out, certified, found by no search."""
    controller = house.controller
    controller.go(record)
    controller.follow(re.compile("[Ee]rase"))
    controller.look("erase-propose")
    controller.page.get_by_label(re.compile("opened")).first.check()
    controller.page.get_by_label(re.compile("no longer needed")).check()
    controller.page.get_by_label(re.compile("^Why")).fill("The customer asked us to, and we need it no more.")
    controller.press("Go on to sign")
    controller.look("erase-sign")
    controller.sign()
    request = controller.page.url
    asking.decide(controller, request, "Yes", name="erase-first-of-two")
    asking.decide(house.director, request, "Yes", name="erase-second-of-two")
    asking.newest_grant(controller)
    controller.look("erase-grant")
    controller.follow(re.compile("^Erase for good"))
    controller.look("erase")
    controller.sign()
    assert "Certificate of erasure" in controller.words()

    def gone() -> bool:
        controller.page.reload()
        return "found by no search" in controller.words()

    until(gone, pause=0.3)
    controller.look("certificate")
    again = asking.ask(house.hr, BUSINESS, about=house.employee.name)
    asking.start_looking(controller, again)
    asking.search(controller, "refund harbour")
    assert "Nothing fits" in controller.words()
    controller.look("locate-nothing")
    house.employee.go("/my-records")
    assert SUBJECT not in house.employee.words()
    house.hr.go(record)
    house.hr.look("record-erased")
