"""A witness follows a ledger into its next shard where the ledger's own last entry says so, and nowhere else."""

from pathlib import Path

import msgspec
import pytest

from muniment.vault import messages as ask
from muniment.vault.backup.restoring import Choice
from muniment.vault.heads import PublishedHead, Succession
from muniment.vault.witness.record import Witness, origin_hash
from muniment.vault.witness.request import AddCheckpoint, AddSuccessor, Shown
from tests.vault.backup.conftest import Backups, backups
from tests.vault.backup.test_loss import head, restored
from tests.vault.backup.test_restoring import open_home
from tests.vault.firm import Firm

__all__ = ["backups"]


@pytest.fixture
def witness(firm: Firm, tmp_path: Path) -> Witness:
    made = Witness.create(tmp_path / "witness", "witness.example/w1")
    made.trust(firm.keeper.room(firm.organisation).signer.verifier)
    return made


def show(firm: Firm, witness: Witness, old: int = 0, shard: int = 0) -> int:
    """Submit a head; the status."""
    firm.keeper.room(firm.organisation).alone(lambda: None)
    found = firm.do(ask.AskHead(firm.organisation, old, shard))
    assert isinstance(found, PublishedHead)
    return witness.answer(AddCheckpoint(old, found.path, found.note).text().encode()).status


def step(firm: Firm, shard: int) -> AddSuccessor:
    found = firm.do(ask.AskSuccession(firm.organisation, shard))
    assert isinstance(found, Succession)
    return AddSuccessor(*(Shown(each.leaf, each.proof) for each in (found.frozen, found.opened)))


def size(firm: Firm, witness: Witness, shard: int) -> int:
    """How many entries of a shard the witness has seen."""
    name = f"muniment/{firm.organisation}" + (f"/{shard}" if shard > 1 else "")
    memory = witness.remembered(origin_hash(name))
    return memory.head.size if memory else 0


def test_the_new_ledger_is_witnessed_and_the_old_one_no_more(firm: Firm, witness: Witness) -> None:
    assert show(firm, witness) == 200
    seen = size(firm, witness, 1)
    firm.rotate()
    firm.seal(b"new")
    assert show(firm, witness) == 404
    answer = witness.succeed(step(firm, 2).text())
    assert (answer.status, answer.body.strip()) == (409, str(seen))  # first the old one's last head
    assert show(firm, witness, seen, shard=1) == 200
    assert witness.succeed(step(firm, 2).text()).status == 200
    assert witness.succeed(step(firm, 2).text()).status == 200
    assert show(firm, witness) == 200
    assert show(firm, witness, size(firm, witness, 1), shard=1) == 403


def test_nothing_but_the_right_entries_is_believed(firm: Firm, witness: Witness, tmp_path: Path) -> None:
    firm.rotate()
    show(firm, witness, shard=1)
    right = step(firm, 2)
    other = Firm(tmp_path / "other")
    other.rotate()
    foreign = step(other, 2)
    wrong = [
        AddSuccessor(right.opened, right.frozen),
        AddSuccessor(right.frozen, foreign.opened),
        AddSuccessor(Shown(right.opened.leaf, right.frozen.proof), right.opened),
        AddSuccessor(
            Shown(right.frozen.leaf, right.frozen.proof.replace("\n\n", "\nAAAA\n\n", 1)), right.opened
        ),
    ]
    for each in wrong:
        assert witness.succeed(each.text()).status in {400, 403, 404}
    assert witness.succeed(foreign.text()).status == 404
    for body in (b"", b"{}", msgspec.json.encode({"type": "x"})):
        assert witness.succeed(body).status == 400
    assert show(firm, witness) == 404
    other.keeper.close()


def test_a_second_successor_is_refused(firm: Firm, witness: Witness, backups: Backups) -> None:
    """Whoever has the old key could freeze the ledger again; the witness believes the first time only."""
    backups.make()
    _, home = restored(backups, "set-back", Choice())
    firm.rotate()
    show(firm, witness, shard=1)
    assert witness.succeed(step(firm, 2).text()).status == 200
    real = firm.keeper
    firm.keeper = open_home(firm, home)
    firm.rotate()
    assert witness.succeed(step(firm, 2).text()).status == 422
    firm.keeper.close()
    firm.keeper = real


def test_a_loss_is_believed_where_it_is_declared_and_it_says_what_was_lost(
    firm: Firm, witness: Witness, backups: Backups
) -> None:
    made = backups.make()
    firm.seal(b"lost")
    show(firm, witness)
    _, home = restored(backups, "new", Choice(checkpoints=(head(firm),)))
    firm.keeper.close()
    firm.keeper = open_home(firm, home)
    answer = witness.succeed(step(firm, 2).text())
    assert answer.status == 200
    assert f"Entries {made.entries[firm.organisation]} to" in answer.body
    assert show(firm, witness) == 200


def test_a_loss_beyond_what_is_declared_is_a_rollback(firm: Firm, witness: Witness, backups: Backups) -> None:
    backups.make()
    firm.seal(b"lost")
    known = head(firm)
    firm.seal(b"seen by the witness")
    show(firm, witness)
    _, home = restored(backups, "new", Choice(checkpoints=(known,)))
    firm.keeper.close()
    firm.keeper = open_home(firm, home)
    assert witness.succeed(step(firm, 2).text()).status == 422
    assert show(firm, witness) == 404
