"""What the web server, Django and its libraries say, as lines of JSON without a word of what was asked.

An address, a host name, a form's value or the message of an error may quote content or name a person.
So of a message only its fixed part is kept, and of an error its kind and where it was raised.
"""

import logging
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from muniment.core.errors import describe

SPEAKS_OF_ITSELF: Final = ("_granian", "muniment")
"""Loggers whose messages hold no more than addresses that are listened on and names of our own."""


class WithoutWords(logging.Formatter):
    """One line of JSON for each message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, Any] = {
            "process": "web",
            "logger": record.name,
            "event": _event(record),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if status := getattr(record, "status_code", None):
            said["status"] = status
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said |= {**describe(error), "what": ""}  # even our own sentences may name somebody
        return msgspec.json.encode(said).decode()


def _event(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in SPEAKS_OF_ITSELF:
        return record.getMessage().partition("\n")[0]  # the server adds the text of an error below
    # Without arguments the message may be made already, with what was asked in it.
    return str(record.msg) if record.args else f"{record.module}:{record.lineno}"


CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without_words": {"()": WithoutWords}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without_words"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # The two below would else also write by themselves, one of them with every address.
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
"""For `logging.config.dictConfig`, in every process that loads Django."""
