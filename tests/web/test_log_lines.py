"""What a web server's log may say: never an address, a value or the words of an error."""

import json
import logging

import pytest

from muniment.core.errors import RefusedError
from muniment.web.log_lines import WithoutWords

CANARY = "zyxkumquat"


def line(logger: str, message: str, *args: object, error: BaseException | None = None) -> dict[str, object]:
    trace = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(logger, logging.ERROR, "views.py", 7, message, args, trace)
    written = WithoutWords().format(record)
    assert CANARY not in written
    assert "\n" not in written
    said: dict[str, object] = json.loads(written)
    return said


def raised(error: Exception) -> Exception:
    try:
        raise error  # noqa: TRY301  it gets its traceback here
    except Exception as caught:  # noqa: BLE001  the same
        return caught


@pytest.mark.parametrize(
    ("logger", "message", "args"),
    [
        ("django.request", "%s: %s", ("Not Found", f"/{CANARY}")),
        ("django.security.DisallowedHost", f"Invalid HTTP_HOST header: {CANARY!r}", ()),
        ("allauth", f"cannot send to {CANARY}", ()),
    ],
)
def test_what_was_asked_is_not_said(logger: str, message: str, args: tuple[object, ...]) -> None:
    said = line(logger, message, *args)
    assert (said["logger"], said["level"]) == (logger, "error")
    assert said["event"] == (message if args else "views:7")


@pytest.mark.parametrize("error", [ValueError(CANARY), RefusedError(CANARY)])
def test_an_error_is_its_kind_and_its_place(error: Exception) -> None:
    said = line("django.request", "%s: %s", "Internal Server Error", f"/{CANARY}", error=raised(error))
    assert said["error"] == type(error).__name__
    assert "test_log_lines.py" in str(said["at"])


def test_the_server_says_where_it_listens_and_not_what_failed() -> None:
    assert line("_granian", "Listening at: http://127.0.0.1:8420")["event"].endswith(":8420")  # type: ignore[attr-defined]
    said = line("_granian", f"Application callable raised an exception\nValueError: {CANARY}")
    assert said["event"] == "Application callable raised an exception"
