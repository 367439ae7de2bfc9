"""Log lines of the pages: where and what kind, never the words of an error, an address or a record."""

import logging
import traceback

from django.http import HttpRequest


class WithoutWords(logging.Formatter):
    """Writes level, logger, the page's route and the place of an error; never its message or its path.

    A path may carry a sign-in token, a message somebody's name: neither may rest on disk in clear.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the frames of the error if there is one."""
        request = getattr(record, "request", None)
        words = _page(request, record) if isinstance(request, HttpRequest) else record.getMessage()
        line = f"{record.levelname} {record.name}: {words}"
        if not record.exc_info or record.exc_info[0] is None:
            return line
        kind, _, frames = record.exc_info
        return f"{line}\n{''.join(traceback.format_tb(frames))}{kind.__name__}"


def _page(request: HttpRequest, record: logging.LogRecord) -> str:
    route = request.resolver_match.route if request.resolver_match else "an address that is no page"
    return f"{getattr(record, 'status_code', '')} at {route!r}"
