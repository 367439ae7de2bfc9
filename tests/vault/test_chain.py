"""What the ends of shards say, and where they do not follow one another."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import canonical
from muniment.vault.chain import Span, breaks, excuses, read_frozen, read_opened
from muniment.vault.checkpoint import Checkpoint, LedgerSigner, ledger_name

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"
SIGNERS = [LedgerSigner(ledger_name(ORGANISATION, n), Ed25519PrivateKey.generate()) for n in (1, 2, 4)]
ONE, TWO, FOUR = (each.verifier for each in SIGNERS)


def frozen(following: str) -> bytes:
    return canonical.dumps({"tag": "vault:shard:frozen", "time": 1, "next": following})


def opened(**changes: canonical.Json) -> bytes:
    past: dict[str, canonical.Json] = {"origin": ONE.origin, "size": 5, "root": bytes(32).hex()}
    clear: dict[str, canonical.Json] = {
        "tag": "vault:shard:opened",
        "time": 1,
        "previous": past,
        "sequence": 5,
        "reason": "rotation",
    }
    return canonical.dumps({**clear, **changes})


BEFORE = Span(ONE, 5, bytes(32), b"{}", frozen(TWO.text))
AFTER = Span(TWO, 3, bytes(32), opened(), b"{}")


def test_shards_that_follow_one_another_do() -> None:
    assert breaks([BEFORE, AFTER], ORGANISATION) == []
    assert breaks([AFTER], ORGANISATION) == []
    later = replace(AFTER, first=opened(sequence=12))
    assert breaks([BEFORE, later], ORGANISATION, base=7) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (replace(BEFORE, last=b""), AFTER),
        (replace(BEFORE, last=frozen(FOUR.text)), AFTER),
        (replace(BEFORE, size=6), AFTER),
        (replace(BEFORE, root=bytes(31) + b"1"), AFTER),
        (replace(BEFORE, verifier=TWO), AFTER),
        (BEFORE, replace(AFTER, verifier=None)),
        (BEFORE, replace(AFTER, verifier=ONE)),
        (BEFORE, replace(AFTER, first=b"{}")),
        (BEFORE, replace(AFTER, first=opened(sequence=6))),
        (BEFORE, replace(AFTER, first=opened(range=[1, 2]))),
        (BEFORE, replace(AFTER, first=opened(more=1))),
    ],
)
def test_every_other_pair_is_broken(before: Span, after: Span) -> None:
    assert [at for at, _ in breaks([before, after], ORGANISATION)] == [1]


def test_ends_are_read_strictly() -> None:
    assert read_frozen(frozen(TWO.text))
    assert read_opened(opened())
    for clear in (b"", b"{}", frozen(TWO.text) + b" ", b'{"tag":"vault:shard:frozen"}', opened()[:-1]):
        assert read_frozen(clear) is None
        assert read_opened(clear) is None


@given(st.integers(0, 40), st.integers(0, 5))
def test_only_heads_of_what_is_declared_lost_are_excused(size: int, number: int) -> None:
    """Entries 10 to 19 of all are lost; two stand before the shard that was frozen, whose number is 1."""
    said = read_opened(
        opened(
            previous={"origin": ONE.origin, "size": 9, "root": bytes(32).hex()},
            sequence=11,
            reason="restore",
            range=[10, 19],
        )
    )
    assert said
    assert (said.base, said.lost) == (2, (8, 17))
    origin = f"muniment/{ledger_name(ORGANISATION, number)}" if number else "muniment/other"
    excused = excuses(said, 4, Checkpoint(origin, size, bytes(32)), ORGANISATION)
    assert excused == ((number == 1 and 8 < size <= 18) or (number in {2, 3} and size <= 9))


def test_without_a_declared_loss_nothing_is_excused() -> None:
    said = read_opened(opened())
    assert said
    assert not excuses(said, 2, Checkpoint(ONE.origin, 6, bytes(32)), ORGANISATION)
