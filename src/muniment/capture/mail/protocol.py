"""One SMTP connection, sans-io (RFC 5321, with RFC 1870, 2920, 3030, 3207, 6152 and 6531).

A journal sink differs from a mail server in what it owes: a client that may speak is never refused for
what it brings. "250" means kept; whatever is in doubt is "451", so that the client tries again.
"""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import ClassVar

from muniment.capture.mail.body import ChunkedBody, DottedBody
from muniment.capture.mail.conversation import (
    BeginTls,
    BytesReceived,
    Close,
    Command,
    Event,
    Keep,
    Kept,
    Message,
    NotKept,
    Pause,
    Resume,
    Send,
    Stopping,
    TimedOut,
    TlsEstablished,
)
from muniment.capture.statement import Envelope, readable

LONGEST_LINE = 16 * 1024  # bytes; RFC 5321 section 4.5.3.1.4 asks for 512, extensions for more
MOST_RECIPIENTS = 10_000  # in one transaction; then 452, and the client sends the rest in another
MOST_ERRORS = 20  # then 421: whoever speaks another protocol learns nothing by going on
MOST_WAITING = 256 * 1024  # bytes taken ahead while a message is being kept

PATH = re.compile(
    rb'^(?:FROM|TO):[ \t]*<((?:"(?:[^"\\]|\\.)*+"|[^">])*+)>[ \t]*(.*)$', re.IGNORECASE | re.DOTALL
)
BARE_PATH = re.compile(rb"^(?:FROM|TO):[ \t]*(\S+)[ \t]*(.*)$", re.IGNORECASE | re.DOTALL)
SIZE = re.compile(rb"(?:^|[ \t])SIZE=(\d{1,20})(?:[ \t]|$)", re.IGNORECASE)
CHUNK = re.compile(rb"^(\d{1,19})([ \t]+LAST)?[ \t]*$", re.IGNORECASE)

BUSY = b"451 4.3.2 Cannot keep mail at this moment, please try again\r\n"
OUT_OF_ORDER = b"503 5.5.1 Bad sequence of commands\r\n"


@dataclass(frozen=True, slots=True)
class Terms:
    """What one listener offers. `size_limit` is in bytes, 0 for none."""

    host: str
    size_limit: int = 0
    tls: bool = False
    tls_required: bool = False


class Connection:
    """The server's side of one conversation: `receive` an event, carry out the commands it returns."""

    def __init__(self, terms: Terms, peer: str, *, allowed: bool, has_room: Callable[[], bool]) -> None:
        self._terms = terms
        self._peer = peer
        self._allowed = allowed
        self._has_room = has_room
        self._buffer = bytearray()
        self._helo = ""
        self._extended = False
        self._cipher = ""
        self._sender: str | None = None
        self._refused = b""
        self._recipients: list[str] = []
        self._body: DottedBody | ChunkedBody | None = None
        self._last_chunk = False
        self._chunk_refusal = b""
        self._reading_body = False
        self._skipping_line = False
        self._paused = False
        self._handshaking = False
        self._errors = 0
        self._stopping = False
        self.waiting = False
        self.closed = False

    def start(self) -> list[Command]:
        """The greeting, or the refusal of a client that is not on the list."""
        if not self._allowed:
            return self._end(b"554 5.7.1 This address may not deliver here\r\n")
        return [Send(f"220 {self._terms.host} ESMTP Muniment\r\n".encode())]

    @property
    def idle(self) -> bool:
        """Whether no message has been begun: a stop may end the conversation now."""
        return not self.waiting and not self._reading_body and self._sender is None

    def receive(self, event: Event) -> list[Command]:
        """What to do on an event."""
        if self.closed:
            return []
        match event:
            case BytesReceived(data):
                return self._bytes(data)
            case Kept(record):
                return self._answered(f"250 2.0.0 Kept as {record}\r\n".encode())
            case NotKept():
                return self._answered(BUSY)
            case TlsEstablished(cipher):
                self._cipher, self._helo, self._handshaking = cipher, "", False
                self._reset()
                return list(self._work())
            case Stopping():
                self._stopping = True
                return self._end(b"421 4.3.2 Service is stopping\r\n") if self.idle else []
            case TimedOut():
                return [] if self.waiting else self._end(b"421 4.4.2 Timeout\r\n")

    # --- bytes ------------------------------------------------------------------------------------

    def _bytes(self, data: bytes) -> list[Command]:
        self._buffer += data
        if self.waiting or self._handshaking:
            if len(self._buffer) > MOST_WAITING and not self._paused:
                self._paused = True
                return [Pause()]
            return []
        return list(self._work())

    def _work(self) -> Iterator[Command]:
        while not (self.closed or self.waiting or self._handshaking):
            if self._reading_body:
                more = yield from self._take_body()
            else:
                more = yield from self._take_line()
            if not more:
                return

    def _take_line(self) -> Generator[Command, None, bool]:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > LONGEST_LINE:
                self._buffer.clear()
                self._skipping_line = True
            return False
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        if self._skipping_line or end > LONGEST_LINE:
            self._skipping_line = False
            yield from self._wrong(b"500 5.5.2 Line too long\r\n")
        elif not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            yield from self._wrong(b"500 5.5.2 A line ends in CRLF\r\n")
        else:
            yield from self._command(line[:-2])
        return True

    def _take_body(self) -> Generator[Command, None, bool]:
        body = self._body
        assert body is not None  # noqa: S101 - both are set together, see _data and _bdat
        data = bytes(self._buffer)
        self._buffer.clear()
        rest = body.feed(data)
        if rest is None:
            return False
        self._buffer += rest
        self._reading_body = False
        if self._chunk_refusal:
            yield Send(self._chunk_refusal)
            if self._last_chunk or self._sender is None:
                self._reset()
        elif isinstance(body, ChunkedBody) and not self._last_chunk:
            yield Send(b"250 2.0.0 Chunk taken\r\n")
        elif body.too_large:
            self._reset()
            yield Send(b"552 5.3.4 Larger than the limit that the organisation set\r\n")
        else:
            yield from self._keep(body.content())
        return True

    def _keep(self, original: bytes) -> Iterator[Command]:
        envelope = Envelope(self._sender or "", tuple(self._recipients))
        client = f"{self._helo} [{self._peer}]"
        transport = ("ESMTP" if self._extended else "SMTP") + (f" {self._cipher}" if self._cipher else "")
        self._reset()
        self.waiting = True
        yield Keep(Message(envelope, original, client, transport))

    def _answered(self, reply: bytes) -> list[Command]:
        self.waiting = False
        done: list[Command] = [Send(reply)]
        if self._paused:
            self._paused = False
            done.append(Resume())
        if self._stopping:
            return [*done, *self._end(b"421 4.3.2 Service is stopping\r\n")]
        return [*done, *self._work()]

    # --- commands ---------------------------------------------------------------------------------

    def _command(self, line: bytes) -> Iterator[Command]:
        verb, _, argument = line.partition(b" ")
        handler = self._handlers.get(verb.upper())
        if handler is None:
            yield from self._wrong(b"500 5.5.1 Command not known\r\n")
        else:
            yield from handler(self, argument.strip())

    def _ehlo(self, argument: bytes) -> Iterator[Command]:
        yield from self._greeted(argument, extended=True)

    def _helo_command(self, argument: bytes) -> Iterator[Command]:
        yield from self._greeted(argument, extended=False)

    def _greeted(self, argument: bytes, *, extended: bool) -> Iterator[Command]:
        if not argument:
            yield from self._wrong(b"501 5.5.4 Say who you are\r\n")
            return
        self._reset()
        self._helo, self._extended = readable(argument), extended
        host = self._terms.host
        if not extended:
            yield Send(f"250 {host}\r\n".encode())
            return
        size = f"SIZE {self._terms.size_limit}" if self._terms.size_limit else "SIZE"
        offers = ["PIPELINING", size, "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES"]
        if self._terms.tls and not self._cipher:
            offers.append("STARTTLS")
        lines = [host, *offers]
        text = "".join(f"250{' ' if line is lines[-1] else '-'}{line}\r\n" for line in lines)
        yield Send(text.encode())

    def _mail(self, argument: bytes) -> Iterator[Command]:
        path = PATH.match(argument) or BARE_PATH.match(argument)
        size = SIZE.search(path[2]) if path else None
        if not self._helo or self._sender is not None:
            yield from self._wrong(OUT_OF_ORDER)
        elif path is None or argument[:5].upper() != b"FROM:":
            yield from self._wrong(b"501 5.5.4 MAIL FROM:<address>\r\n")
        elif self._terms.tls_required and not self._cipher:
            yield self._refuse(b"451 4.7.0 STARTTLS comes first\r\n")
        elif self._stopping or not self._has_room():
            yield self._refuse(BUSY)
        elif size and self._terms.size_limit and int(size[1]) > self._terms.size_limit:
            yield Send(b"552 5.3.4 Larger than the limit that the organisation set\r\n")
        else:
            self._reset()
            self._sender = readable(path[1])
            yield Send(b"250 2.1.0 Sender noted\r\n")

    def _rcpt(self, argument: bytes) -> Iterator[Command]:
        path = PATH.match(argument) or BARE_PATH.match(argument)
        if self._refused:
            yield Send(self._refused)
        elif self._sender is None or self._body is not None:
            yield from self._wrong(OUT_OF_ORDER)
        elif path is None or not path[1] or argument[:3].upper() != b"TO:":
            yield from self._wrong(b"501 5.5.4 RCPT TO:<address>\r\n")
        elif len(self._recipients) >= MOST_RECIPIENTS:
            yield Send(b"452 4.5.3 Too many recipients, send the others in a message of their own\r\n")
        else:
            self._recipients.append(readable(path[1]))
            yield Send(b"250 2.1.5 Recipient noted\r\n")

    def _data(self, _: bytes) -> Iterator[Command]:
        if self._refused:
            yield Send(self._refused)
        elif not self._recipients or self._body is not None:
            yield from self._wrong(OUT_OF_ORDER)
        elif not self._has_room():
            self._reset()
            yield Send(BUSY)
        else:
            self._body, self._reading_body = DottedBody(self._terms.size_limit), True
            yield Send(b"354 End with CRLF . CRLF\r\n")

    def _bdat(self, argument: bytes) -> Iterator[Command]:
        chunk = CHUNK.match(argument)
        if chunk is None:
            # How many bytes follow is not known: nothing after this can be told from commands.
            yield from self._end(b"421 4.5.4 BDAT size [LAST]\r\n")
            return
        if not isinstance(self._body, ChunkedBody):
            self._body = ChunkedBody(self._terms.size_limit)
            self._chunk_refusal = self._refused or (b"" if self._recipients else OUT_OF_ORDER)
            if not self._chunk_refusal and not self._has_room():
                self._chunk_refusal = BUSY
        if self._chunk_refusal:
            self._body = ChunkedBody(1)  # the bytes come all the same: count them, keep none
        self._body.begin(int(chunk[1]))
        self._last_chunk, self._reading_body = chunk[2] is not None, True

    def _starttls(self, argument: bytes) -> Iterator[Command]:
        if not self._terms.tls or self._cipher or argument:
            yield from self._wrong(OUT_OF_ORDER)
            return
        # What came in clear after the command is not the client's word: RFC 3207 section 6.
        self._buffer.clear()
        self._handshaking = True
        yield Send(b"220 2.0.0 Ready for TLS\r\n")
        yield BeginTls()

    def _rset(self, _: bytes) -> Iterator[Command]:
        self._reset()
        yield Send(b"250 2.0.0 Forgotten\r\n")

    def _noop(self, _: bytes) -> Iterator[Command]:
        yield Send(b"250 2.0.0 Still here\r\n")

    def _vrfy(self, _: bytes) -> Iterator[Command]:
        yield Send(b"252 2.5.0 Every recipient is taken\r\n")

    def _help(self, _: bytes) -> Iterator[Command]:
        yield Send(b"214 2.0.0 A journal sink: EHLO, MAIL, RCPT, DATA or BDAT, QUIT\r\n")

    def _quit(self, _: bytes) -> Iterator[Command]:
        yield from self._end(b"221 2.0.0 Goodbye\r\n")

    # --- endings ----------------------------------------------------------------------------------

    def _reset(self) -> None:
        self._sender, self._recipients, self._refused = None, [], b""
        self._body, self._chunk_refusal = None, b""

    def _refuse(self, reply: bytes) -> Send:
        # A client that sends ahead has its RCPT and DATA on the way: they meet the same answer, and are
        # no errors of the client's.
        self._refused = reply
        return Send(reply)

    def _wrong(self, reply: bytes) -> Iterator[Command]:
        self._errors += 1
        if self._errors >= MOST_ERRORS:
            yield from self._end(b"421 4.7.0 Too many errors\r\n")
        else:
            yield Send(reply)

    def _end(self, reply: bytes) -> list[Command]:
        self.closed = True
        return [Send(reply), Close()]

    _handlers: ClassVar[dict[bytes, Callable[["Connection", bytes], Iterator[Command]]]] = {
        b"BDAT": _bdat,
        b"DATA": _data,
        b"EHLO": _ehlo,
        b"HELO": _helo_command,
        b"HELP": _help,
        b"MAIL": _mail,
        b"NOOP": _noop,
        b"QUIT": _quit,
        b"RCPT": _rcpt,
        b"RSET": _rset,
        b"STARTTLS": _starttls,
        b"VRFY": _vrfy,
    }
