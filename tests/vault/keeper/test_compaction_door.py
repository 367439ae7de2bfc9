"""The keeper compacts one pack at a time while everything goes on, and the ledger says so."""

import threading

import pytest

from muniment.core import ids
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import grouping
from muniment.vault import messages as ask
from muniment.vault.authority.statements import Action
from muniment.vault.evidence import EvidenceBundle, bundle_files
from muniment.vault.keeper.entries import CompactedBody, read_body, read_clear
from muniment.vault.messages import Evidence, PackCompacted
from muniment.vault.prove import check_bundle
from muniment.vault.store import Store
from muniment.vault.verify import verify
from tests.vault.firm import Firm
from tests.vault.keeper.test_crash import die_at

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def records(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three records in a closed pack, of which the first is erased."""
    made = firm.seal(b"gone" * 2000, b"a letter" * 30, b"another" * 30)
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "PACK_CLOSES_AT", 1)
        firm.seal(b"in the next pack")
    firm.erase(firm.erasure_warrant(made[0]), made[0])
    return made


def erasable(firm: Firm) -> tuple[ask.ErasablePack, ...]:
    return firm.do(ask.AskErasable(firm.organisation))  # type: ignore[return-value]


def compact(firm: Firm, pack: int) -> PackCompacted:
    done = firm.do(ask.Compact(firm.organisation, pack))
    assert isinstance(done, PackCompacted)
    return done


def test_space_is_freed_once_and_told(firm: Firm, records: list[str]) -> None:
    (found,) = erasable(firm)
    done = compact(firm, found.pack)
    assert (done.entries, done.before - done.after) == (1, found.won)
    assert erasable(firm) == ()
    again = compact(firm, found.pack)
    assert (again.entries, again.before) == (0, again.after)
    told = [
        act
        for act in firm.do(ask.AskActs(firm.organisation, -1, 1000))  # type: ignore[attr-defined]
        if read_clear(act.clear).tag is EventTag.PACK_COMPACTED
    ]
    assert [read_body(CompactedBody, act.body) for act in told] == [CompactedBody(found.pack, 1, found.won)]
    firm.restart()
    assert verify(firm.home.vault(firm.organisation), firm.organisation).faults == ()


def test_what_lives_opens_and_proves_as_before(firm: Firm, records: list[str]) -> None:
    _, letter, another = records
    warrant = firm.admit(firm.warrant([letter, another]), records[1:])
    opening = firm.open(warrant, letter)
    (found,) = erasable(firm)
    compact(firm, found.pack)
    assert firm.read(opening) == b"a letter" * 30
    assert firm.read(firm.open(warrant, another)) == b"another" * 30
    warrant = firm.admit(firm.warrant([letter], actions=[Action.EXPORT]), [letter])
    export = firm.open(warrant, letter, action="export")
    proof = firm.do(ask.AskEvidence(firm.organisation, warrant, letter, export.session))
    assert isinstance(proof, Evidence)
    bundle = EvidenceBundle(
        firm.read(export),
        export.statement,
        proof.head,
        proof.commitment,
        proof.ciphertext,
        proof.key,
        proof.proof,
        proof.verifier,
        proof.leaves,
    )
    assert check_bundle(bundle_files(bundle)).holds


def test_a_pack_that_is_still_open_is_refused(firm: Firm) -> None:
    with pytest.raises(WrongUseError, match="not closed"):
        compact(firm, 1)


def test_one_at_a_time(firm: Firm, records: list[str]) -> None:
    with firm.keeper.room(firm.organisation).compacting, pytest.raises(NotAvailableError, match="already"):
        compact(firm, 1)
    assert compact(firm, 1).entries == 1


def test_sealing_goes_on_meanwhile(firm: Firm, records: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The compaction waits, its file written, until records that came after it are acknowledged."""
    real, sealed = Store.compact, threading.Event()

    def slow(store: Store, number: int, going: object) -> object:
        def wait() -> bool:
            return sealed.wait(20)

        return real(store, number, wait)

    monkeypatch.setattr(Store, "compact", slow)
    done = list[PackCompacted]()
    thread = threading.Thread(target=lambda: done.append(compact(firm, 1)))
    thread.start()
    firm.seal(b"meanwhile")
    assert not done
    sealed.set()
    thread.join()
    assert done[0].entries == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_keeper_that_dies_leaves_a_sound_vault(firm: Firm, records: list[str], *, after: bool) -> None:
    assert die_at(firm, (Store, "compact", after), lambda: compact(firm, 1))
    store = firm.keeper.room(firm.organisation).store
    assert bool(store.erasable()) is not after
    gone = store.entry(store.find(ids.record_bytes(records[0])))
    assert bool(gone.ciphertext) is not after
    compact(firm, 1)
    assert store.erasable() == ()
    assert verify(firm.home.vault(firm.organisation), firm.organisation).faults == ()
