"""A hostile mail kills or hangs its reader at most, and only itself is then unreadable."""

import io
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from muniment.core import confinement
from muniment.readers.calls import Call, CallUnreadableError
from muniment.search import reading
from muniment.search.reading import Readers, Task
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement as call_statement
from tests.search.samples import mail, statement

# A child like ours, save that some words make it die, hang or babble.
HOSTILE = """
import os, time
from muniment.search import reading
honest = reading._answer
def answer(payload):
    if b"KILL ME" in payload: os.kill(os.getpid(), 9)
    if b"KILL ONCE" in payload and os.environ["CHILD"] == "1": os.kill(os.getpid(), 9)
    if b"HANG ME" in payload: time.sleep(60)
    if b"EXIT ME" in payload: os._exit(0)
    if b"BABBLE" in payload: return b"\\xc1 no mail"
    if b"EAT ALL" in payload: bytearray(4 << 30)
    return honest(payload)
reading._answer = answer
reading.main()
"""


@pytest.fixture
def hostile(monkeypatch):
    children = itertools.count(1)

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", HOSTILE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            stderr=subprocess.DEVNULL, env={"PYTHONPATH": os.pathsep.join(sys.path), "CHILD": str(next(children))},
        )  # fmt: skip

    monkeypatch.setattr(reading, "_start", start)
    readers = Readers(longest=5)
    yield readers
    readers.close()


@pytest.fixture
def readers():
    made = Readers()
    yield made
    made.close()


def task(original: bytes) -> Task:
    return Task(statement(), original)


def test_mails_are_read_in_order(readers: Readers) -> None:
    mails = readers.read([task(mail(f"Subject {number}")) for number in range(300)])
    assert [each.subject for each in mails] == [f"Subject {number}" for number in range(300)]


@pytest.mark.parametrize("act", ["KILL ME", "HANG ME", "EXIT ME", "BABBLE", "EAT ALL"])
def test_only_the_culprit_is_unreadable(hostile: Readers, act: str) -> None:
    mails = hostile.read(
        [task(mail("One")), task(mail("Two", act)), task(mail("Three")), task(mail("Four", act))]
    )
    assert [each.subject for each in mails] == ["One", "", "Three", ""]
    assert [bool(each.unreadable) for each in mails] == [False, True, False, True]
    assert act not in mails[1].unreadable
    assert hostile.read([task(mail("Five"))])[0].subject == "Five"


def test_a_mail_is_not_blamed_for_a_reader_that_was_killed(hostile: Readers) -> None:
    mails = hostile.read([task(mail("One")), task(mail("Two", "KILL ONCE")), task(mail("Three"))])
    assert [(each.subject, each.unreadable) for each in mails] == [("One", ""), ("Two", ""), ("Three", "")]


def test_large_mails_do_not_block_the_pipes(readers: Readers) -> None:
    mails = readers.read([task(mail(f"Subject {number}", "word " * 400_000)) for number in range(6)])
    assert [len(each.text.split()) for each in mails] == [400_000] * 6


def test_the_child_has_neither_home_nor_keys(readers: Readers, monkeypatch) -> None:
    monkeypatch.setenv("MUNIMENT_SECRET_OF_THIS_TEST", "nightjar")
    readers.read([task(mail())])
    assert readers._child is not None
    environment = Path(f"/proc/{readers._child.pid}/environ").read_bytes()
    assert b"nightjar" not in environment
    assert Path(f"/proc/{readers._child.pid}/cwd").resolve() == Path("/")
    limits = Path(f"/proc/{readers._child.pid}/limits").read_text()
    assert any(line.startswith("Max file size") and line.split()[3] == "0" for line in limits.splitlines())


def test_the_child_is_shut_in(readers: Readers) -> None:
    readers.read([task(mail())])
    assert readers._child is not None
    status = Path(f"/proc/{readers._child.pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status
    assert ("Seccomp:\t2" in status) == (confinement.SECCOMP in confinement.possible())


def test_real_mail_of_every_kind_is_read(readers: Readers, shared_data: Path) -> None:
    files = [
        path
        for path in sorted((shared_data / "mail").rglob("*"))
        if path.is_file() and path.stat().st_size < 4 << 20
    ][:400]
    mails = readers.read([task(path.read_bytes()) for path in files])
    assert len(mails) == len(files)
    assert not [
        each.unreadable for each in mails if "ended while" in each.unreadable or "too long" in each.unreadable
    ]


def test_the_sound_of_a_call_is_decoded_in_the_child(readers: Readers) -> None:
    sound = readers.hear(a_call(), call_statement("siprec"))
    assert soundfile.info(io.BytesIO(sound)).channels == 2
    assert readers.read([task(mail("After it"))])[0].subject == "After it"


def test_a_call_that_cannot_be_decoded_says_why(readers: Readers) -> None:
    with pytest.raises(CallUnreadableError, match="another mark"):
        readers.hear(b"no call", call_statement("siprec"))


@pytest.mark.parametrize(
    ("words", "says"), [(b"KILL ME", "ended while"), (b"HANG ME", "too long"), (b"EXIT ME", "ended while")]
)
def test_a_call_that_kills_the_decoder_harms_nobody_else(hostile: Readers, words: bytes, says: str) -> None:
    with pytest.raises(CallUnreadableError, match=says):
        hostile.hear(a_call() + words, call_statement("siprec"))
    assert hostile.read([task(mail("After it"))])[0].subject == "After it"


def test_a_call_that_kills_its_reader_keeps_what_its_statement_says(hostile: Readers) -> None:
    (found,) = hostile.read([Task(call_statement("siprec", facts=the_facts()), b"KILL ME")])
    assert isinstance(found, Call)
    assert found.facts == the_facts()
    assert found.unreadable == "The reader ended while it read this."
