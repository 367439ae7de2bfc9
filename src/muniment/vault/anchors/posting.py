"""One POST to a stranger, who may answer too much, too slowly, or nonsense.

No redirect is followed and no proxy asked: the address is the one that the settings name.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from muniment.core.errors import NotAvailableError, WrongUseError

DEADLINE = 20.0  # seconds for the whole exchange
LARGEST_ANSWER = 64 * 1024  # bytes


@dataclass(frozen=True)
class Response:
    """What came back: the status, what kind of body it claims to be, and the body."""

    status: int
    kind: str
    body: bytes


def post(
    url: str,
    body: bytes,
    kind: str,
    *,
    deadline: float = DEADLINE,
    headers: Mapping[str, str] | None = None,
    authority: str = "",
    method: str = "POST",
) -> Response:
    """Send `body` and read the answer; `deadline` in seconds covers all of it.

    `authority` is a PEM file to check the certificate against, the machine's own list where it is empty.

    NotAvailableError if there is no whole answer of at most LARGEST_ANSWER bytes in that time;
    WrongUseError if the address is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise WrongUseError(f"{url} is no address of http or https.")
    connection = _connection(parts.scheme, parts.hostname, parts.port, deadline, authority)
    # A timeout of the socket starts anew with each byte: only this ends a trickle.
    over = threading.Event()
    alarm = threading.Timer(deadline, _end, (connection, over))
    alarm.daemon = True
    alarm.start()
    try:
        own = {"Content-Type": kind, "Connection": "close", "User-Agent": "muniment"}
        connection.request(method, parts.path or "/", body, {**own, **(headers or {})})
        answer = connection.getresponse()
        data = answer.read(LARGEST_ANSWER + 1)
        short = answer.length not in {0, None}
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unanswered(parts.hostname, f"{type(error).__name__}.") from error
    finally:
        alarm.cancel()
        connection.close()
    if over.is_set() or len(data) > LARGEST_ANSWER or short:
        raise _unanswered(
            parts.hostname, "It was too slow." if over.is_set() else "Its answer was too long or not whole."
        )
    return Response(answer.status, answer.getheader("Content-Type", ""), data)


def _connection(
    scheme: str, host: str, port: int | None, deadline: float, authority: str
) -> http.client.HTTPConnection:
    if scheme == "https":
        try:
            context = ssl.create_default_context(cafile=authority or None)
        except (OSError, ssl.SSLError) as error:
            raise NotAvailableError(f"The authority {authority} cannot be read.", why=f"{error}.") from error
        return http.client.HTTPSConnection(host, port, timeout=deadline, context=context)
    return http.client.HTTPConnection(host, port, timeout=deadline)


def _end(connection: http.client.HTTPConnection, over: threading.Event) -> None:
    over.set()
    with suppress(OSError):
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _unanswered(host: str, why: str) -> NotAvailableError:
    return NotAvailableError(f"{host} gave no answer that can be used.", why=why)
