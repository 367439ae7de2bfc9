"""Keys in a pipe."""

import os

import msgspec
import pytest

from muniment.core.errors import NotAvailableError
from muniment.processes.handover import LARGEST, key_pipe
from muniment.vault.handover import VARIABLE, LibrarianKeys, receive


def test_without_keys_there_is_no_pipe() -> None:
    with key_pipe(b"") as (inherited, added):
        assert (inherited, added) == ((), {})


@pytest.mark.parametrize("count", [1, 300, 4000])
def test_keys_of_any_number_reach_the_child_once(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    keys = LibrarianKeys({f"org_{number}": os.urandom(32) for number in range(count)})
    with key_pipe(msgspec.msgpack.encode(keys)) as (inherited, added):
        copy = os.dup(inherited[0])  # what the child would inherit
        assert added == {VARIABLE: str(inherited[0])}
    monkeypatch.setenv(VARIABLE, str(copy))
    assert receive(LibrarianKeys) == keys
    with pytest.raises(NotAvailableError):
        receive(LibrarianKeys)


def test_more_than_a_pipe_holds_is_an_error_not_a_hang() -> None:
    with pytest.raises(NotAvailableError), key_pipe(bytes(LARGEST + 1)):
        pass
