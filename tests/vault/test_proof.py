"""tlog-proof texts, as c2sp.org/tlog-proof writes them, and hostile ones."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.core.merkle import leaf_hash, node_hash
from muniment.vault.proof import Proof, root_from_inclusion, roots_from_consistency

NOTE = "muniment/org_x\n3\nAAAA\n\n— muniment/org_x AAAA\n"


def test_the_text_is_that_of_the_specification():
    proof = Proof(5, (bytes(32), b"\xff" * 32), NOTE)
    one, two = (base64.b64encode(node).decode() for node in proof.path)
    assert proof.text() == f"c2sp.org/tlog-proof@v1\nindex 5\n{one}\n{two}\n\n{NOTE}"
    assert Proof(0, (), NOTE).text() == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE}"


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=20))
def test_what_is_written_is_read_back(seq: int, path: list[bytes]):
    proof = Proof(seq, tuple(path), NOTE)
    assert Proof.parse(proof.text()) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\nindex 5",
        f"c2sp.org/tlog-proof@v1\nindex 05\n\n{NOTE}",
        f"c2sp.org/tlog-proof@v1\nindex -1\n\n{NOTE}",
        f"c2sp.org/tlog-proof@v2\nindex 5\n\n{NOTE}",
        f"c2sp.org/tlog-proof@v1\nindex 5\nAAAA\n\n{NOTE}",
        f"c2sp.org/tlog-proof@v1\nindex 5\nnot base64\n\n{NOTE}",
    ],
)
def test_malformed_texts_are_refused(text: str):
    with pytest.raises(FaultFoundError):
        Proof.parse(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str):
    with suppress(FaultFoundError):
        assert isinstance(Proof.parse(text), Proof)


def test_a_proof_of_the_wrong_length_is_refused():
    one, two, three = (leaf_hash(bytes((n,))) for n in range(3))
    root = node_hash(node_hash(one, two), three)
    assert root_from_inclusion(three, 2, 3, [node_hash(one, two)]) == root
    for seq, size, path in ((0, 3, [two]), (0, 3, [two, three, three]), (3, 3, []), (0, 1, [two])):
        with pytest.raises(FaultFoundError):
            root_from_inclusion(one, seq, size, path)


def test_a_consistency_proof_of_the_wrong_length_is_refused():
    for old, new, path in ((3, 7, []), (2, 3, []), (0, 3, []), (4, 3, []), (1, 2, [bytes(32)] * 3)):
        with pytest.raises(FaultFoundError):
            roots_from_consistency(old, new, bytes(32), path)
