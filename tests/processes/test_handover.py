"""Keys in a pipe."""

import os

import pytest
from muniment.core.errors import NotAvailableError
from muniment.processes.handover import DESCRIPTOR_VARIABLE, LARGEST, key_pipe, receive


def test_without_keys_there_is_no_pipe() -> None:
    with key_pipe(b"") as (inherited, added):
        assert (inherited, added) == ((), {})
    assert receive() == b""


@pytest.mark.parametrize("size", [1, 65536, 65537, LARGEST])
def test_keys_of_any_size_are_read_once(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    keys = os.urandom(size)
    with key_pipe(keys) as (inherited, added):
        copy = os.dup(inherited[0])  # what the child would inherit
        assert added == {DESCRIPTOR_VARIABLE: str(inherited[0])}
    monkeypatch.setenv(DESCRIPTOR_VARIABLE, str(copy))
    assert receive() == keys
    assert DESCRIPTOR_VARIABLE not in os.environ
    assert receive() == b""


def test_more_than_a_pipe_holds_is_an_error_not_a_hang() -> None:
    with pytest.raises(NotAvailableError), key_pipe(bytes(LARGEST + 1)):
        pass


def test_a_descriptor_that_is_not_open_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DESCRIPTOR_VARIABLE, "987")
    with pytest.raises(NotAvailableError):
        receive()
