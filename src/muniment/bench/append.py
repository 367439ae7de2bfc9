"""Appending leaf hashes to the ledger's tree, against SHA-256 of 65 bytes in C."""

import time
from hashlib import sha256

from muniment.bench.figures import Figure, compare
from muniment.bench.limits import build, seconds
from muniment.vault.tree import Tree

LEAVES = 200_000


def measure() -> Figure:
    """Leaves appended in a second of processor time."""
    program = build("append")
    leaves = [sha256(number.to_bytes(8)).digest() for number in range(LEAVES)]

    def ours() -> float:
        start = time.process_time()
        Tree().extend(leaves)
        return LEAVES / (time.process_time() - start)

    return compare(
        "append",
        "leaves/s",
        "SHA-256 of 65 bytes in C, once for each leaf (this machine's OpenSSL)",
        ours,
        lambda: LEAVES / seconds(program, [str(LEAVES)]),
    )
