"""The books: after a restart they say what they said before, and nothing slipped into a pack is believed."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from muniment.core import ids
from muniment.core.errors import FaultFoundError, MunimentError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.authority import statements
from muniment.vault.authority.register import Power
from muniment.vault.authority.statements import Action
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Clear, Entry
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.store import Store
from tests.vault.firm import DAY, Firm, person

PICK = st.integers(0, 10)


class Life(RuleBasedStateMachine):
    """Anything that people may do, in any order, refused or not; then the keeper starts again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.firm = Firm(Path(self.folder.name))
        self.records = self.firm.seal(b"one", b"two")
        self.warrants: list[tuple[str, str, Action]] = []
        self.holds = 0

    def teardown(self) -> None:
        self.firm.keeper.close()
        self.folder.cleanup()

    def attempt(self, act: Callable[[], object]) -> None:
        try:
            act()
        except MunimentError:
            return

    @rule()
    def seal(self) -> None:
        self.records += self.firm.seal(b"more")

    @rule(pick=PICK, two=st.booleans(), action=st.sampled_from([Action.VIEW, Action.ERASE, Action.EXPORT]))
    def admit(self, pick: int, two: bool, action: Action) -> None:
        record = self.records[pick % len(self.records)]
        approvers = [self.firm.director, self.firm.deputy][: 1 + (two or action is Action.ERASE)]
        text = self.firm.warrant(
            [record], actions=[action], approvers=[each.id for each in approvers], cap=1 + pick % 3
        )
        self.attempt(
            lambda: self.warrants.append((self.firm.admit(text, [record], *approvers), record, action))
        )

    @precondition(lambda self: self.warrants)
    @rule(pick=PICK)
    def use(self, pick: int) -> None:
        warrant, record, action = self.warrants[pick % len(self.warrants)]
        if action is Action.ERASE:
            self.attempt(lambda: self.erase(warrant, record))
        else:
            self.attempt(lambda: self.firm.open(warrant, record, action=action))

    def erase(self, warrant: str, record: str) -> None:
        held = self.firm.books.held(ids.record_bytes(record))
        self.firm.erase(warrant, record)
        assert not held

    @precondition(lambda self: self.warrants)
    @rule(pick=PICK)
    def revoke(self, pick: int) -> None:
        warrant = self.warrants[pick % len(self.warrants)][0]
        by = self.firm.controller
        text = statements.build_revocation(
            organisation=self.firm.organisation, warrant=warrant, person=by.id, reason=""
        )
        self.attempt(lambda: self.firm.do(ask.Revoke(self.firm.organisation, warrant, by.sign(text))))

    @rule(pick=PICK)
    def mark(self, pick: int) -> None:
        record = self.records[pick % len(self.records)]
        self.attempt(lambda: self.firm.do(ask.MarkPrivate(self.firm.organisation, (record,), "x")))

    @rule(pick=PICK)
    def hold(self, pick: int) -> None:
        self.holds += 1
        record = self.records[pick % len(self.records)]
        body = {"hold": f"h{self.holds}", "records": [record]}
        self.attempt(lambda: self.firm.append(tag=EventTag.HOLD_PLACED, body=body))

    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        text = statements.build_hold_release(
            organisation=self.firm.organisation, hold=f"h{1 + pick % max(1, self.holds)}", reason="over"
        )
        both = (self.firm.director.sign(text), self.firm.controller.sign(text))
        self.attempt(lambda: self.firm.do(ask.ReleaseHold(self.firm.organisation, text, both)))

    @rule(after=st.integers(-1, 30), limit=st.integers(1, 5), name=st.sampled_from("abc"))
    def examine(self, after: int, limit: int, name: str) -> None:
        self.attempt(lambda: self.firm.do(ask.NextBatch(self.firm.organisation, "index", name, after, limit)))

    @rule()
    def register(self) -> None:
        self.attempt(lambda: self.firm.change(add=[person(Power.DECIDE)]))

    @rule(days=st.integers(0, 8))
    def wait(self, days: int) -> None:
        self.firm.clock.time += days * DAY

    @rule()
    def restart(self) -> None:
        before = self.firm.books
        self.firm.restart()
        assert self.firm.books == before

    @invariant()
    def no_warrant_is_used_beyond_its_cap(self) -> None:
        assert all(each.used <= each.admitted.warrant.cap for each in self.firm.books.warrants.values())


Life.TestCase.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase


def slip_in(firm: Firm, tag: EventTag, body: bytes, **clear: object) -> None:
    """Write an entry as somebody could who has the disk and the public key, but no person's key."""
    firm.keeper.close()
    store = Store.open(
        firm.home.vault(firm.organisation), firm.organisation, firm.keyring.ledger_signer(firm.organisation)
    )
    entry = Entry(Clear(tag=tag, time=firm.clock.time, **clear), body)  # type: ignore[arg-type]
    store.commit(
        [sealing.seal_batch(firm.keyring.current_epoch(firm.organisation), [entries.document(entry)])]
    )
    store.close()


def test_a_register_change_without_signatures_is_not_believed(firm: Firm) -> None:
    text = statements.build_register_change(
        organisation=firm.organisation, add=[person(*Power).registered()], remove=(), serial=2
    )
    slip_in(firm, EventTag.REGISTER_CHANGED, entries.write_body(entries.Changed(text.decode(), ())))
    with pytest.raises(FaultFoundError, match="cannot be believed"):
        firm.start()


def test_an_enrolment_without_its_token_is_not_believed(firm: Firm) -> None:
    body = entries.Enrolled("guessed", person(*Power).registered())
    slip_in(firm, EventTag.REGISTER_CHANGED, entries.write_body(body))
    with pytest.raises(FaultFoundError):
        firm.start()


def test_a_warrant_without_approvals_is_not_believed(firm: Firm) -> None:
    records = firm.seal(b"a letter")
    text = firm.warrant(records)
    body = entries.WarrantBody(text.decode(), (), tuple(records))
    slip_in(firm, EventTag.WARRANT_ADMITTED, entries.write_body(body), warrant=statements.warrant_hash(text))
    with pytest.raises(FaultFoundError, match="approvers"):
        firm.start()


def test_an_examination_that_goes_back_is_not_believed(firm: Firm) -> None:
    firm.seal(b"a letter", b"another")
    firm.do(ask.NextBatch(firm.organisation, "index", "a", -1, 3))
    firm.do(ask.NextBatch(firm.organisation, "index", "a", 2, 9))
    slip_in(
        firm,
        EventTag.RECORDS_EXAMINED,
        entries.write_body(entries.ExaminedBody("index", "a")),
        range=(0, 0),
    )
    with pytest.raises(FaultFoundError):
        firm.start()


def test_a_released_hold_without_signatures_is_not_believed(firm: Firm) -> None:
    (record,) = firm.seal(b"a letter")
    firm.append(tag=EventTag.HOLD_PLACED, body={"hold": "tribunal", "records": [record]})
    text = statements.build_hold_release(organisation=firm.organisation, hold="tribunal", reason="")
    slip_in(firm, EventTag.HOLD_RELEASED, entries.write_body(entries.HoldReleaseBody(text.decode(), ())))
    with pytest.raises(FaultFoundError):
        firm.start()


def test_a_second_founding_is_not_believed(firm: Firm) -> None:
    body = entries.Genesis(firm.organisation, "Mine", (person(*Power).registered(),), ())
    slip_in(firm, EventTag.GENESIS, entries.write_body(body), demo=True)
    with pytest.raises(FaultFoundError):
        Keeper(firm.home, firm.keyring.keeper_keys())
