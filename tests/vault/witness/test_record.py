"""A witness keeps one head of each ledger, signs only what extends it, and only when that is on disk."""

import threading
from pathlib import Path
from typing import override

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.merkle import EMPTY_ROOT, leaf_hash
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.disk import Disk
from muniment.vault.tree import Tree
from muniment.vault.witness.record import Answer, Witness, origin_hash
from muniment.vault.witness.request import AddCheckpoint

LEDGER = LedgerSigner("org_aaaaaaaaaaaaaaaaaaaaaaaaaa", Ed25519PrivateKey.generate())
OTHER = LedgerSigner("org_baaaaaaaaaaaaaaaaaaaaaaaaa", Ed25519PrivateKey.generate())
HASH = origin_hash(LEDGER.verifier.origin)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.create(tmp_path / "witness", "witness.example/w1")
    made.trust(LEDGER.verifier)
    return made


def tree(size: int, salt: bytes = b"") -> Tree:
    made = Tree()
    made.extend(leaf_hash(salt + bytes((n % 256, n // 256))) for n in range(size))
    return made


def request(old: int, size: int, *, ledger: Tree | None = None, signer: LedgerSigner = LEDGER) -> bytes:
    ledger = ledger or tree(size)
    path = tuple(ledger.consistency(old, size)) if 0 < old <= size else ()
    return AddCheckpoint(old, path, signer.sign(size, ledger.root(size))).text().encode()


def status(witness: Witness, body: bytes) -> int:
    return witness.answer(body).status


def remembered(witness: Witness) -> int:
    memory = witness.remembered(HASH)
    return memory.head.size if memory else 0


def test_a_head_is_cosigned_and_remembered_with_both_signatures(witness: Witness):
    answer = witness.answer(request(0, 5))
    assert answer.status == 200
    memory = witness.remembered(HASH)
    assert memory
    assert memory.note == LEDGER.sign(5, tree(5).root()) + answer.body
    assert witness.signer.verifier.time_in(memory.note)
    assert LEDGER.verifier.open(memory.note) == memory.head


def test_an_extension_is_cosigned_and_the_same_head_again(witness: Witness):
    for old, size in ((0, 5), (5, 5), (5, 300), (300, 300), (300, 301)):
        assert status(witness, request(old, size)) == 200
    assert remembered(witness) == 301


def test_another_size_than_remembered_is_told_the_right_one(witness: Witness):
    assert witness.answer(request(3, 5)) == Answer(409, "0\n", "text/x.tlog.size")
    witness.answer(request(0, 5))
    assert witness.answer(request(0, 9)) == Answer(409, "5\n", "text/x.tlog.size")


def test_a_rollback_a_fork_and_a_false_proof_are_refused_and_change_nothing(witness: Witness):
    witness.answer(request(0, 9))
    fork = tree(12, b"fork")
    for body, expected in (
        (request(0, 4), 409),
        (request(4, 4), 409),
        (request(9, 4), 400),
        (request(9, 9, ledger=tree(9, b"fork")), 422),
        (request(9, 12, ledger=fork), 422),
        (AddCheckpoint(9, (), LEDGER.sign(12, fork.root())).text().encode(), 422),
        (AddCheckpoint(9, (bytes(32),) * 63, LEDGER.sign(12, tree(12).root())).text().encode(), 422),
        (AddCheckpoint(9, (bytes(32),), LEDGER.sign(9, tree(9).root())).text().encode(), 422),
    ):
        assert status(witness, body) == expected
        assert remembered(witness) == 9
    assert status(witness, request(9, 12)) == 200


def test_strangers_and_forgers_are_refused(witness: Witness):
    forger = LedgerSigner(LEDGER.organisation, Ed25519PrivateKey.generate())
    assert status(witness, request(0, 5, signer=OTHER)) == 404
    assert status(witness, request(0, 5, signer=forger)) == 403
    good = request(0, 5).decode()
    assert status(witness, good.replace("\n5\n", "\n6\n").encode()) == 403
    for body in (b"", b"\xff", b"old 0\n\nnothing", good[:-1].encode(), good.replace("\n\n", "\n").encode()):
        assert status(witness, body) == 400
    assert remembered(witness) == 0


def test_an_empty_ledger_has_the_empty_root_and_the_first_proof_is_empty(witness: Witness):
    wrong = AddCheckpoint(0, (), LEDGER.sign(0, bytes(32))).text().encode()
    assert status(witness, wrong) == 422
    unasked = AddCheckpoint(0, (bytes(32),), LEDGER.sign(5, tree(5).root())).text().encode()
    assert status(witness, unasked) == 422
    assert status(witness, AddCheckpoint(0, (), LEDGER.sign(0, EMPTY_ROOT)).text().encode()) == 200
    assert status(witness, request(0, 5)) == 200


def test_what_it_remembers_outlives_it(witness: Witness, tmp_path: Path):
    witness.answer(request(0, 9))
    again = Witness(tmp_path / "witness")
    assert again.signer.verifier == witness.signer.verifier
    assert status(again, request(0, 4)) == 409
    assert status(again, request(9, 12)) == 200


class Broken(Disk):
    @override
    def sync_folder(self, path: Path) -> None:
        raise OSError(5, "Input/output error")


def test_nothing_is_cosigned_that_is_not_on_disk(witness: Witness, tmp_path: Path):
    witness.answer(request(0, 5))
    failing = Witness(tmp_path / "witness", disk=Broken())
    with pytest.raises(NotAvailableError):
        failing.answer(request(5, 9))


def test_a_damaged_memory_is_never_taken_for_an_empty_one(witness: Witness, tmp_path: Path):
    witness.answer(request(0, 9))
    path = tmp_path / "witness" / "logs" / f"{HASH}.checkpoint"
    whole = path.read_bytes()
    for data in (
        b"",
        whole[:40],
        whole.replace(b"\n9\n", b"\n0\n"),
        b"\xff",
        LEDGER.sign(3, bytes(32)).encode(),
    ):
        path.write_bytes(data)
        with pytest.raises(FaultFoundError, match="damaged"):
            witness.answer(request(0, 4))
    path.write_bytes(whole)
    assert status(witness, request(9, 12)) == 200


def test_of_two_that_race_one_extends_and_the_other_hears_of_it(witness: Witness):
    witness.answer(request(0, 5))
    bodies = [request(5, size) for size in (6, 7, 8, 9)] * 3
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda body=body: seen.append(status(witness, body))) for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen.count(200) == 1
    assert set(seen) == {200, 409}


def test_a_ledgers_key_is_not_exchanged(witness: Witness):
    witness.trust(LEDGER.verifier)
    with pytest.raises(WrongUseError):
        witness.trust(LedgerSigner(LEDGER.organisation, Ed25519PrivateKey.generate()).verifier)


def test_lines_of_others_are_not_kept(witness: Witness):
    body = request(0, 5) + OTHER.sign(5, bytes(32)).partition("\n\n")[2].encode()
    assert status(witness, body) == 200
    memory = witness.remembered(HASH)
    assert memory
    assert OTHER.organisation not in memory.note


def test_where_a_witness_cannot_be(tmp_path: Path, witness: Witness):
    with pytest.raises(NotAvailableError):
        Witness(tmp_path)
    with pytest.raises(WrongUseError):
        Witness.create(tmp_path / "witness", "again")
    with pytest.raises(WrongUseError):
        Witness.create(tmp_path / "new", "a name")
    assert (tmp_path / "witness" / "witness.key").stat().st_mode & 0o777 == 0o600


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=25))
def test_what_is_remembered_only_grows_and_is_one_ledger(
    tmp_path_factory, steps: list[tuple[int, int, bool]]
):
    witness = Witness.create(tmp_path_factory.mktemp("any") / "witness", "w")
    witness.trust(LEDGER.verifier)
    size = 0
    for old, new, honest in steps:
        body = request(old, new, ledger=tree(new) if honest else tree(new, b"fork"))
        answer = witness.answer(body)
        if answer.status == 200:
            assert old == size
            assert new >= size
            assert honest or size in {0, new}
        if answer.status == 200 and not honest:
            return  # it began with the other ledger: as good a beginning as any
        size = new if answer.status == 200 else size
        assert remembered(witness) == size
