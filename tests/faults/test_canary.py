"""No word of any record rests in a form that can be read: not in the home, not in what a process left.

Words that stand nowhere else go through the whole house: by SMTP and by import, into catalogue and
index, through searches, an opening under a warrant, pages and wrong passwords. Then every byte is read.
"""

import os
import re
import resource
import signal
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest
from sqlcipher3 import dbapi2

from muniment.core.errors import MunimentError
from muniment.search.client import Librarian
from muniment.vault.authority.keyfile import PrivateKeyFile
from muniment.vault.authority.register import Power
from muniment.vault.authority.statements import Action
from muniment.vault.client import Doors, doors
from muniment.vault.keyring import Keyring
from tests.browser import Browser, code
from tests.faults.canary import Find, Search, words
from tests.installations import PASSPHRASE, Installation, Served, admit, assertion, found, person_with, until

PLACES = (
    "subject", "encoded subject", "body", "HTML body", "Base64 body", "name", "local part", "domain",
    "attachment name", "attachment text", "header", "envelope", "import subject", "import body", "import file",
    "question", "wrong password", "address of a page", "erased subject", "erased body", "erased party",
    "erased attachment",
)  # fmt: skip
SEED = 20


@dataclass
class House:
    """The installation after everything has happened to it, while it still serves."""

    installation: Installation
    served: Served
    doors: Doors
    words: dict[str, str]
    staff: dict[str, PrivateKeyFile]
    folder: Path

    def locate(self, query: str) -> tuple[str, ...]:
        """The records that a Data Controller finds."""
        made, holder = self.installation, self.staff["controller"]
        warrant = admit(
            self.doors.desk, made, (), action=Action.LOCATE, holder=holder, approvers=[self.staff["asker"]]
        )
        with Librarian(made.home) as librarian:
            return librarian.locate(
                made.organisation,
                query,
                warrant=warrant,
                assertion=assertion(made, warrant, holder, Action.LOCATE),
            ).ids

    def use(self, record: str, action: Action) -> str:
        """A warrant for the one who asks, approved by both directors."""
        approvers = [self.staff["director"], self.staff["deputy"]]
        return admit(
            self.doors.desk,
            self.installation,
            [record],
            action=action,
            holder=self.staff["asker"],
            approvers=approvers,
        )

    def open(self, record: str, action: Action = Action.VIEW) -> bytes:
        """The original bytes of a record, opened under a warrant."""
        made, warrant = self.installation, self.use(record, action)
        said = assertion(made, warrant, self.staff["asker"], action, [record])
        opening = self.doors.desk.open(made.organisation, warrant, record, action, said)
        return self.doors.desk.read(opening.session, 0, opening.length)

    def erase(self, record: str) -> None:
        """Destroy a record by two persons."""
        made, warrant = self.installation, self.use(record, Action.ERASE)
        said = assertion(made, warrant, self.staff["asker"], Action.ERASE, [record])
        self.doors.desk.erase(made.organisation, warrant, record, said)

    def finds(self) -> list[Find]:
        """Every word that stands where it should not, in the home, in its processes and where they write."""
        search = Search(self.words)
        places = (self.installation.home.path, self.folder / "temporary", *shared_memory())
        return [
            *(find for place in places for find in search.folder(place)),
            *search.processes(self.served.family()),
        ]


def shared_memory() -> list[Path]:
    return [path for path in Path("/dev/shm").glob("muniment-*") if path.is_dir()]  # noqa: S108


def mails(word: dict[str, str]) -> list[EmailMessage]:
    plain = EmailMessage()
    plain["Subject"] = f"About {word['subject']}"
    plain["From"] = f'"{word["name"].capitalize()} Smith" <{word["local part"]}@{word["domain"]}.example>'
    plain["To"] = "ann@harbour.example"
    plain["X-Note"] = word["header"]
    plain.set_content(f"The {word['body']} is here.\n")
    plain.add_alternative(f"<p>The <b>{word['HTML body']}</b> is here.</p>", subtype="html")
    plain.add_attachment(
        f"a line\n{word['attachment text']}\n".encode() * 40,
        maintype="text",
        subtype="plain",
        filename=f"{word['attachment name']}.txt",
    )
    encoded = EmailMessage()
    encoded["Subject"] = f"Über {word['encoded subject']}"
    encoded["From"] = "bob@harbour.example"
    encoded["To"] = "ann@harbour.example"
    encoded.set_content(f"Grüße, {word['Base64 body']}\n" * 20, cte="base64")
    erased = EmailMessage()
    erased["Subject"] = word["erased subject"]
    erased["From"] = f"{word['erased party']}@elsewhere.example"
    erased["To"] = "ann@harbour.example"
    erased.set_content(f"{word['erased body']} and besides {word['erased body']}\n")
    erased.add_attachment(
        b"bytes", maintype="application", subtype="octet-stream", filename=f"{word['erased attachment']}.bin"
    )
    return [plain, encoded, erased]


def fill(house: House) -> None:
    """Everything that may carry a word through the house."""
    made, word = house.installation, house.words
    house.served.send(*mails(word))
    with_envelope(house, word["envelope"])
    folder = house.folder / "mail"
    folder.mkdir()
    (folder / f"{word['import file']}.eml").write_bytes(
        f"Subject: {word['import subject']}\nFrom: a@b.example\n\n{word['import body']}\n".encode()
    )
    (folder / "box").write_bytes(b"From x\nSubject: s\n\n%s\n\n" % word["import body"].encode())
    done = made.run("import", folder)
    assert done.returncode == 0, done.stderr
    until(lambda: len(house.locate("*")) == 6)
    visit(house)


def with_envelope(house: House, word: str) -> None:
    import smtplib  # noqa: PLC0415

    with smtplib.SMTP("127.0.0.1", house.installation.mail_port, timeout=60) as server:
        server.sendmail(f"{word}@firm.example", [f"{word}@harbour.example"], b"Subject: s\r\n\r\nbody\r\n")


def visit(house: House) -> None:
    """Pages, as somebody with an account, and as somebody who guesses."""
    made, word = house.installation, house.words
    link = made.printed["account_links"]["ann"]
    browser = Browser()
    address = f"{word['local part']}@{word['domain']}.example"  # whoever signs in is a party of a record
    page = browser.get(link)[1]
    assert browser.post(link, page, name="Ann", email=address, password="three odd words here")[0] == 200
    app = f"{made.origin}/profile/code-app"  # a founder reads nothing before a second factor is set up
    page = browser.get(app)[1]
    secret = re.search(r'muniment-code">([A-Z2-7]+)<', page)
    assert secret, page
    assert browser.post(app, page, code=code(secret[1]))[0] == 200
    status, page = browser.get(f"{made.origin}/my-records")
    assert (status, "Records that name you" in page) == (200, True)
    sought = urllib.parse.quote(word["address of a page"])
    assert browser.get(f"{made.origin}/{sought}?q={sought}")[0] == 404
    stranger = Browser()
    page = stranger.get(f"{made.origin}/sign-in")[1]
    stranger.post(f"{made.origin}/sign-in", page, login=address, password=word["wrong password"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("canary")
    made = found(folder)
    (folder / "temporary").mkdir()
    os.environ["TMPDIR"] = str(folder / "temporary")
    try:
        served = made.serve()
    finally:
        del os.environ["TMPDIR"]
    opened = doors(made.home)
    powers = {
        "asker": [Power.REQUEST],
        "director": [Power.DECIDE],
        "deputy": [Power.DECIDE],
        "controller": [Power.CONTROLLER],
    }
    try:
        staff = {name: person_with(opened.desk, made, *those) for name, those in powers.items()}
        house = House(made, served, opened, words(SEED, *PLACES), staff, folder)
        fill(house)
        yield house
    finally:
        opened.close()
        served.stop()


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """The search itself: a word in each form, packed and plain, is found by it."""
    import zlib  # noqa: PLC0415

    import zstandard  # noqa: PLC0415

    from tests.faults.canary import forms  # noqa: PLC0415

    word = words(SEED, "it")["it"]
    for name, data in forms(word).items():
        (tmp_path / "file").write_bytes(b"\x00rubbish " + data + b"\xff")
        assert any(find.form == name for find in Search({"it": word}).folder(tmp_path)), name
    for pack in (zlib.compress, zstandard.compress):
        (tmp_path / "file").write_bytes(os.urandom(33) + pack(b"and so on " * 9 + word.encode()) + b"tail")
        assert list(Search({"it": word}).folder(tmp_path)), pack
    (tmp_path / "file").write_bytes(os.urandom(4096))
    assert not list(Search({"it": word}).folder(tmp_path))


def test_no_word_rests_anywhere(house: House) -> None:
    """While it runs, after crashes, after an erasure, after it stopped: one life, in this order."""
    its_people_find_and_read(house)
    assert house.finds() == []
    no_process_may_leave_a_core_file(house)
    each_process_crashes(house)
    assert house.finds() == []
    what_is_erased_is_found_by_nobody(house)
    assert house.finds() == []
    it_stops(house)
    assert house.finds() == []


def its_people_find_and_read(house: House) -> None:
    word, packed = house.words, {"Base64 body", "encoded subject"}
    for place in (
        "subject",
        "encoded subject",
        "body",
        "HTML body",
        "Base64 body",
        "name",
        "attachment name",
    ):
        [record] = house.locate(word[place])
        content = house.open(record).lower()
        assert place in packed or word[place].encode() in content
    assert len(house.locate(f"import NOT {word['question']} OR {word['import body']}")) == 2
    assert house.installation.verify()["records"] == 6


def no_process_may_leave_a_core_file(house: House) -> None:
    family = house.served.family()
    assert len(family) > 5
    for process in family:
        limit = process.rlimit(resource.RLIMIT_CORE)
        assert limit == (0, 0), process.cmdline()


def each_process_crashes(house: House) -> None:
    """In the way that makes core files; there is none afterwards."""
    for name in ("web", "worker", "librarian", "smtp", "keeper"):
        child = house.served.child(name)
        assert child is not None
        where = Path(child.cwd())
        before = set(where.glob("core*"))
        child.send_signal(signal.SIGSEGV)
        child.wait(20)
        assert set(where.glob("core*")) <= before
        until(lambda name=name, old=child: came_back(house, name, old))  # type: ignore[misc]  # bound now
    until(lambda: answers(house), seconds=60)


def came_back(house: House, name: str, old: psutil.Process) -> bool:
    new = house.served.child(name)
    return new is not None and new.pid != old.pid


def answers(house: House) -> bool:
    try:
        return bool(house.locate(house.words["subject"]))
    except MunimentError:
        return False


def what_is_erased_is_found_by_nobody(house: House) -> None:
    made, word = house.installation, house.words
    gone = {place: word[place] for place in PLACES if place.startswith("erased")}
    [record] = house.locate(f"from:{gone['erased party']}@elsewhere.example")
    assert gone["erased subject"] in catalogue(made)  # it is there, under its key, until it is erased
    house.erase(record)
    until(lambda: house.locate(f"from:{gone['erased party']}@elsewhere.example") == ())
    told = {name: text for name, text in gone.items() if name != "erased party"}  # no search has named these
    assert not [place for place, text in told.items() if text in catalogue(made)]
    for place, text in gone.items():
        assert house.locate(text) == (), place
    for action in (Action.VIEW, Action.EXPORT):
        with pytest.raises(MunimentError):
            house.open(record, action)


def catalogue(made: Installation) -> str:
    """Everything that the database says, in clear."""
    key = Keyring.unlock(made.home, PASSPHRASE).catalogue_key()
    connection = dbapi2.connect(str(made.home.catalogue))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    said = [repr(row) for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608
    connection.close()
    return "\n".join(said)


def it_stops(house: House) -> None:
    family = house.served.family()
    assert house.served.stop() == 0
    psutil.wait_procs(family, 10)
    report = house.installation.verify(*house.installation.deep())
    assert isinstance(report["faults"], list)
    # The warrants here were admitted without governance, which has no row for them: verify says so.
    assert {fault["kind"] for fault in report["faults"]} == {"entry-without-row"}
