"""The one error of reading a call."""

from muniment.readers.calls.errors import CallUnreadableError


def test_it_counts_as_a_fault_found() -> None:
    assert CallUnreadableError("x").exit_status == 1
