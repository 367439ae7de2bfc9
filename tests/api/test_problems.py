"""Every error is a problem document that says what, why and what to do (RFC 9457)."""

import pytest

from muniment.api.problems import of_error
from muniment.core.errors import (
    FaultFoundError,
    MunimentError,
    NotAvailableError,
    RefusedError,
    WrongUseError,
)
from muniment.governance.authorisation import AbsentError
from tests.api.conftest import Call


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WrongUseError("What.", why="Why.", remedy="Do."), 422),
        (RefusedError("What.", why="Why.", remedy="Do."), 403),
        (AbsentError("What.", why="Why.", remedy="Do."), 404),
        (NotAvailableError("What.", why="Why.", remedy="Do."), 503),
        (FaultFoundError("What.", why="Why.", remedy="Do."), 500),
        (MunimentError("What.", why="Why.", remedy="Do."), 500),
    ],
)
def test_each_error_has_its_status_and_all_its_words(error: MunimentError, status: int) -> None:
    response = of_error(error)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    for part in (b'"title": "What."', b'"detail": "Why."', b'"remedy": "Do."'):
        assert part in response.content
    assert ("Retry-After" in response) == (status == 503)


def test_a_missing_token_and_a_wrong_body_are_problems_too(call: Call) -> None:
    unsigned = call("", "GET", "/me")
    assert (unsigned.status_code, unsigned["WWW-Authenticate"]) == (401, "Bearer")
    assert unsigned["Content-Type"] == "application/problem+json"
    wrong = call("hana", "POST", "/drafts", {"class": "business"})
    assert wrong.status_code == 422
    assert b"category" in wrong.content
    assert call("hana", "POST", "/drafts", None)["Content-Type"] == "application/problem+json"
