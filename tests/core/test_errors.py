"""Each error has its own exit status and says all its parts."""

from muniment.core import errors


def test_statuses_are_those_of_the_manual() -> None:
    kinds = (errors.FaultFoundError, errors.WrongUseError, errors.RefusedError, errors.NotAvailableError)
    assert [kind.exit_status for kind in kinds] == [1, 2, 3, 4]


def test_an_error_says_what_why_and_what_to_do() -> None:
    error = errors.RefusedError("No.", why="Because.", remedy="Ask Ann.")
    assert str(error) == "No. Because. Ask Ann."
