"""Which messages are held: remembered across runs, with nothing on disk that can be guessed at."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.files.held import HeldDigests, key_of
from muniment.core.errors import FaultFoundError, NotAvailableError

KEY = b"k" * 32
ONE, TWO, THREE = (hashlib.sha256(text).digest() for text in (b"one", b"two", b"three"))


def test_it_remembers_from_one_run_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "system/held"
    with HeldDigests(path, KEY, ledger_size=1) as held:
        assert not held.holds(ONE)
        held.add(1, [ONE, TWO])
        assert held.holds(ONE)
    with HeldDigests(path, KEY, ledger_size=3) as held:
        assert held.holds(ONE)
        assert held.holds(TWO)
        assert not held.holds(THREE)


def test_no_digest_stands_on_disk(tmp_path: Path) -> None:
    with HeldDigests(tmp_path / "held", KEY, ledger_size=1) as held:
        held.add(1, [ONE])
    data = (tmp_path / "held").read_bytes()
    assert ONE[:8] not in data
    assert KEY not in data


@given(cut=st.integers(1, 43))
def test_a_torn_end_is_dropped_and_the_rest_counts(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("held") / "held"
    with HeldDigests(path, KEY, ledger_size=1) as held:
        held.add(1, [ONE])
        held.add(2, [TWO, THREE])
    path.write_bytes(path.read_bytes()[:-cut])
    with HeldDigests(path, KEY, ledger_size=9) as held:
        assert held.holds(ONE)
        assert not held.holds(THREE)
        held.add(4, [THREE])
    with HeldDigests(path, KEY, ledger_size=9) as held:
        assert (held.holds(ONE), held.holds(TWO), held.holds(THREE)) == (True, False, True)


def test_what_a_restored_vault_does_not_have_is_not_held(tmp_path: Path) -> None:
    with HeldDigests(tmp_path / "held", KEY, ledger_size=1) as held:
        held.add(1, [ONE])
        held.add(2, [TWO])
    with HeldDigests(tmp_path / "held", KEY, ledger_size=2) as held:
        assert held.holds(ONE)
        assert not held.holds(TWO)


def test_two_imports_at_once_are_one_too_many(tmp_path: Path) -> None:
    with HeldDigests(tmp_path / "held", KEY, ledger_size=1):  # noqa: SIM117 the second must fail inside the first
        with pytest.raises(NotAvailableError), HeldDigests(tmp_path / "held", KEY, ledger_size=1):
            pass
    with HeldDigests(tmp_path / "held", KEY, ledger_size=1):
        pass


def test_another_key_is_noticed(tmp_path: Path) -> None:
    with HeldDigests(tmp_path / "held", KEY, ledger_size=1):
        pass
    with pytest.raises(FaultFoundError), HeldDigests(tmp_path / "held", b"x" * 32, ledger_size=1):
        pass


def test_the_derived_key_opens_the_same_notes(tmp_path: Path) -> None:
    with HeldDigests(tmp_path / "held", KEY, ledger_size=1) as held:
        held.add(1, [ONE])
    with HeldDigests(tmp_path / "held", key_of(KEY), ledger_size=2, derived=True) as held:
        assert held.holds(ONE)
