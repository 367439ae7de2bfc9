"""The librarian as a process: sealed at rest, private in memory, back after kill -9."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.search.index.memory import SHARED_MEMORY
from muniment.vault.authority.statements import Action, build_warrant, warrant_hash
from tests.search.running import Running, running_at
from tests.search.samples import document, every_byte, readable_forms
from tests.vault.firm import DAY, Firm

CANARY = "nightjar7731"


@pytest.fixture
def running(firm: Firm) -> Iterator[Running]:
    with running_at(firm) as made:
        yield made


def locate(running: Running, query: str, **fields):
    firm = running.firm
    text = build_warrant(
        organisation=firm.organisation, case="case_" + "a" * 26, purpose="complaint", category="business_need",
        holder=firm.controller.id, approvers=[firm.director.id], actions=[Action.LOCATE], records=[],
        not_before=firm.clock.time - 60, not_after=firm.clock.time + DAY, cap=100, matrix=1,
    )  # fmt: skip
    running.doors.desk.admit(firm.organisation, text, (firm.approval(text, firm.director),), ())
    warrant = warrant_hash(text)
    assertion = firm.assertion(warrant, [], firm.controller, action=Action.LOCATE)
    return running.librarian.locate(firm.organisation, query, warrant=warrant, assertion=assertion, **fields)


def fill(running: Running, start: int = 0, count: int = 20) -> None:
    documents = tuple(
        document(number, f"{CANARY} refund", subject=CANARY) for number in range(start, start + count)
    )
    running.intake.take(running.firm.organisation, documents, erased=(), watermark=start + count - 1)


def test_the_doors_answer_and_the_keeper_is_asked(running: Running) -> None:
    fill(running)
    assert locate(running, f"{CANARY} from:ann@example.com").total == 20
    assert running.librarian.own(running.firm.organisation, "*", addresses=("ann@example.com",)).total == 20
    assert running.librarian.state(running.firm.organisation).watermark == 19
    with pytest.raises(RefusedError):
        running.librarian.locate(
            running.firm.organisation, "refund", warrant="0" * 64,
            assertion=running.firm.assertion("0" * 64, [], running.firm.controller, action=Action.LOCATE),
        )  # fmt: skip


def test_persons_are_resolved_before_the_librarian_is_asked(running: Running) -> None:
    fill(running)
    found = locate(
        running, "person:Ann", addresses_of=lambda name: ("ann@example.com",) if name == "Ann" else ()
    )
    assert (found.total, found.query) == (20, "party:ann@example.com")
    with pytest.raises(WrongUseError, match="resolved"):
        locate(running, "person:Ann")


def test_no_word_can_be_read_on_disk_or_by_others_in_memory(running: Running) -> None:
    fill(running)
    assert locate(running, CANARY).total == 20
    held = every_byte(running.firm.home.path)
    for form in readable_forms(CANARY):
        assert form not in held
    for path in SHARED_MEMORY.glob("muniment-index-*"):
        assert path.stat().st_mode & 0o077 == 0
    command_line = Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
    environment = Path(f"/proc/{running.process.pid}/environ").read_bytes()
    key = running.firm.keyring.librarian_keys().index[running.firm.organisation]
    for secret in (key, key.hex().encode()):
        assert secret not in command_line + environment
    limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0", limits)


def test_after_kill_9_what_was_answered_for_is_there(running: Running) -> None:
    for round_number in range(4):
        fill(running, round_number * 20)
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        with pytest.raises(NotAvailableError, match="Search is not available"):
            running.librarian.state(running.firm.organisation)
        running.start_librarian()
        state = running.librarian.state(running.firm.organisation)
        assert (state.watermark, state.records) == (round_number * 20 + 19, round_number * 20 + 20)


def test_an_erasure_holds_after_kill_9(running: Running) -> None:
    fill(running)
    proof = running.intake.take(running.firm.organisation, (), erased=(3,), watermark=20)
    assert proof.records == 1
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    running.start_librarian()
    assert locate(running, CANARY).total == 19


def test_a_rebuild_starts_from_nothing(running: Running) -> None:
    fill(running)
    assert running.intake.clear(running.firm.organisation).watermark == -1
    fill(running)
    assert locate(running, CANARY).total == 20


def test_it_ends_cleanly_and_takes_its_sockets_with_it(firm: Firm) -> None:
    with running_at(firm) as running:
        fill(running)
    assert running.process.returncode == 0
    assert not firm.home.socket("librarian").exists()


def test_without_keys_it_says_so_and_ends(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "muniment.search.main", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == NotAvailableError.exit_status
    assert "muniment serve" in ended.stderr
