"""SMTP as conversations: what the client says, what it hears, what is handed on to be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.mail import protocol
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
from muniment.capture.mail.protocol import Connection, Terms
from muniment.capture.statement import Envelope

OPENING = b"EHLO mail.x\r\nMAIL FROM:<ann@x>\r\nRCPT TO:<bob@x>\r\n"


class Client:
    """A client at the other end of the conversation."""

    def __init__(self, *, allowed: bool = True, room: bool = True, **terms: int | bool) -> None:
        self.room = room
        self.connection = Connection(
            Terms("sink.x", **terms),  # type: ignore[arg-type]  # each test names its own
            "192.0.2.1",
            allowed=allowed,
            has_room=lambda: self.room,
        )
        self.heard = b""
        self.commands: list[Command] = []
        self._note(self.connection.start())

    def _note(self, commands: list[Command]) -> None:
        self.commands += commands
        self.heard += b"".join(command.data for command in commands if isinstance(command, Send))

    def event(self, event: Event) -> bytes:
        """Let something happen; what is heard next."""
        before = len(self.heard)
        self._note(self.connection.receive(event))
        return self.heard[before:]

    def says(self, data: bytes) -> bytes:
        """Say something; what is heard next."""
        return self.event(BytesReceived(data))

    def codes(self, data: bytes) -> list[int]:
        """Say something; the codes heard."""
        return [int(line[:3]) for line in self.says(data).splitlines() if line[3:4] == b" "]

    @property
    def handed_on(self) -> list[Message]:
        """The messages to be kept."""
        return [command.message for command in self.commands if isinstance(command, Keep)]


def test_a_message_is_kept_before_the_client_hears_so() -> None:
    client = Client()
    assert client.heard.startswith(b"220 sink.x")
    assert client.codes(OPENING) == [250, 250, 250]
    assert client.codes(b"DATA\r\n") == [354]
    assert client.says(b"Subject: x\r\n\r\n..dot\r\n.\r\n") == b""
    assert client.handed_on == [
        Message(Envelope("ann@x", ("bob@x",)), b"Subject: x\r\n\r\n.dot\r\n", "mail.x [192.0.2.1]", "ESMTP")
    ]
    assert client.event(Kept("rec_abc")) == b"250 2.0.0 Kept as rec_abc\r\n"
    assert client.codes(b"QUIT\r\n") == [221]
    assert client.commands[-1] == Close()


def test_on_doubt_the_client_is_told_to_try_again_and_may_do_so_at_once() -> None:
    client = Client()
    client.says(OPENING + b"DATA\r\nx\r\n.\r\n")
    assert client.event(NotKept()).startswith(b"451 ")
    client.says(OPENING + b"DATA\r\nx\r\n.\r\n")
    assert client.event(Kept("rec_abc")).startswith(b"250 ")


def test_ehlo_says_what_is_offered() -> None:
    offers = Client(tls=True).says(b"EHLO x\r\n")
    for word in (b"PIPELINING", b"SIZE", b"8BITMIME", b"SMTPUTF8", b"CHUNKING", b"STARTTLS"):
        assert word in offers
    assert b"STARTTLS" not in Client().says(b"EHLO x\r\n")
    assert b"SIZE 99\r\n" in Client(size_limit=99).says(b"EHLO x\r\n")
    assert Client().says(b"HELO x\r\n") == b"250 sink.x\r\n"


def test_commands_sent_ahead_wait_for_the_message_before_them() -> None:
    client = Client()
    second = b"MAIL FROM:<>\r\nRCPT TO:<c@x>\r\nDATA\r\ntwo\r\n.\r\nQUIT\r\n"
    client.says(OPENING + b"DATA\r\none\r\n.\r\n" + second)
    assert [message.original for message in client.handed_on] == [b"one\r\n"]
    client.event(Kept("rec_1"))
    assert [message.original for message in client.handed_on] == [b"one\r\n", b"two\r\n"]
    assert client.handed_on[1].envelope == Envelope("", ("c@x",))
    assert b"221" in client.event(Kept("rec_2"))


def test_a_client_that_sends_ahead_without_end_is_paused() -> None:
    client = Client()
    client.says(OPENING + b"DATA\r\none\r\n.\r\n")
    client.says(b"NOOP\r\n" * 60_000)
    assert client.commands[-1] == Pause()
    client.event(Kept("rec_1"))
    assert Resume() in client.commands


def test_chunks() -> None:
    client = Client()
    client.says(OPENING)
    assert client.codes(b"BDAT 5\r\n.\r\n.\rBDAT 3 LAST\r\n\nxy") == [250]
    assert client.handed_on[0].original == b".\r\n.\r\nxy"
    assert client.event(Kept("rec_1")).startswith(b"250 ")
    client.says(OPENING)
    client.says(b"BDAT 0 LAST\r\n")
    assert client.handed_on[1].original == b""


def test_chunks_that_cannot_be_taken_are_counted_all_the_same() -> None:
    client = Client()
    assert client.codes(b"EHLO x\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == [250, 503, 250]
    client.says(OPENING)
    client.room = False
    assert client.codes(b"BDAT 2\r\nabBDAT 2 LAST\r\nabNOOP\r\n") == [451, 451, 250]
    assert client.handed_on == []


def test_a_chunk_without_a_length_ends_the_conversation() -> None:
    client = Client()
    assert client.codes(OPENING + b"BDAT all LAST\r\n")[-1] == 421
    assert client.connection.closed


@pytest.mark.parametrize("mark", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r"])
def test_no_second_message_can_be_smuggled_in(mark: bytes) -> None:
    client = Client()
    smuggled = b"x" + mark + b"MAIL FROM:<evil@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nevil\r\n"
    client.says(OPENING + b"DATA\r\n" + smuggled + b"\r\n.\r\n")
    assert len(client.handed_on) == 1
    assert b"evil\r\n" in client.handed_on[0].original


@pytest.mark.parametrize("line", [b"NOOP\n", b"NO\rOP\r\n", b"\rNOOP\r\n", b"NOOP\r\r\n"])
def test_a_command_ends_in_crlf_and_nothing_else(line: bytes) -> None:
    assert Client().codes(line) == [500]


def test_a_line_without_end_is_not_remembered() -> None:
    client = Client()
    for _ in range(100):
        client.says(b"x" * 10_000)
    assert client.codes(b"\r\nNOOP\r\n") == [500, 250]


def test_a_stranger_is_sent_away() -> None:
    client = Client(allowed=False)
    assert client.heard.startswith(b"554 ")
    assert client.commands[-1] == Close()
    assert client.says(OPENING) == b""


def test_without_room_nothing_is_begun() -> None:
    client = Client(room=False)
    assert client.codes(OPENING + b"RCPT TO:<c@x>\r\n" * 50 + b"DATA\r\n") == [250] + [451] * 53
    client.room = True
    assert client.codes(b"MAIL FROM:<ann@x>\r\nRCPT TO:<bob@x>\r\n") == [250, 250]


def test_without_room_at_the_last_moment_nothing_is_read() -> None:
    client = Client()
    client.says(OPENING)
    client.room = False
    assert client.codes(b"DATA\r\n") == [451]


def test_more_recipients_than_one_message_carries_go_into_another() -> None:
    client = Client()
    client.says(b"EHLO x\r\nMAIL FROM:<a@x>\r\n")
    for start in range(0, protocol.MOST_RECIPIENTS, 1000):
        client.says(b"".join(b"RCPT TO:<%d@x>\r\n" % n for n in range(start, start + 1000)))
    assert client.codes(b"RCPT TO:<more@x>\r\n") == [452]
    client.says(b"DATA\r\nx\r\n.\r\n")
    assert len(client.handed_on[0].envelope.recipients) == protocol.MOST_RECIPIENTS


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (b"<ann@x> BODY=8BITMIME SIZE=10 SMTPUTF8", "ann@x"),
        (b" <ann@x>", "ann@x"),
        (b"ann@x", "ann@x"),
        (b'<"a>b"@x>', '"a>b"@x'),
        (b"<> RET=HDRS ENVID=1", ""),
        ("<añn@例え>".encode(), "añn@例え"),
        (b"<a\xff@x>", "a\\xff@x"),
    ],
)
def test_senders_as_they_are_written(path: bytes, address: str) -> None:
    client = Client()
    client.says(b"EHLO x\r\nMAIL FROM:" + path + b"\r\nRCPT TO:<b@x>\r\nDATA\r\nx\r\n.\r\n")
    assert client.handed_on[0].envelope.sender == address


def test_a_limit_that_the_organisation_set() -> None:
    client = Client(size_limit=10)
    assert client.codes(b"EHLO x\r\nMAIL FROM:<a@x> SIZE=11\r\n") == [250, 552]
    client.says(OPENING)
    assert client.codes(b"DATA\r\n" + b"x" * 11 + b"\r\n.\r\n") == [354, 552]
    client.says(OPENING)
    assert client.codes(b"BDAT 11 LAST\r\n" + b"x" * 11) == [552]
    client.says(OPENING)
    client.says(b"DATA\r\n" + b"x" * 8 + b"\r\n.\r\n")
    assert len(client.handed_on) == 1


def test_starttls_forgets_what_came_before_it() -> None:
    client = Client(tls=True)
    assert client.codes(OPENING) == [250, 250, 250]
    assert client.codes(b"STARTTLS\r\nMAIL FROM:<injected@x>\r\n") == [220]
    assert client.commands[-1] == BeginTls()
    assert client.says(b"EHLO y\r\n") == b""  # under TLS already, before we know
    assert b"STARTTLS" not in client.event(TlsEstablished("TLSv1.3 AES"))
    assert client.codes(b"STARTTLS\r\n") == [503]
    client.says(b"MAIL FROM:<ann@x>\r\nRCPT TO:<bob@x>\r\nDATA\r\nx\r\n.\r\n")
    assert client.handed_on[0].transport == "ESMTP TLSv1.3 AES"


def test_where_tls_is_required_mail_waits_for_it() -> None:
    assert Client(tls=True, tls_required=True).codes(OPENING) == [250, 451, 451]


def test_a_stop_lets_a_message_under_way_finish() -> None:
    resting, busy, waiting = Client(), Client(), Client()
    assert resting.event(Stopping()).startswith(b"421 ")
    busy.says(OPENING + b"DATA\r\nx")
    waiting.says(OPENING + b"DATA\r\nx\r\n.\r\n")
    for client in (busy, waiting):
        assert client.event(Stopping()) == b""
    busy.says(b"\r\n.\r\n")
    for client in (busy, waiting):
        assert [line[:3] for line in client.event(Kept("rec_1")).splitlines()] == [b"250", b"421"]
        assert client.connection.closed


def test_a_silent_client_is_let_go_unless_it_waits_for_us() -> None:
    silent, waiting = Client(), Client()
    silent.says(OPENING + b"DATA\r\nhalf")
    waiting.says(OPENING + b"DATA\r\nx\r\n.\r\n")
    assert silent.event(TimedOut()).startswith(b"421 ")
    assert waiting.event(TimedOut()) == b""
    assert silent.handed_on == []


def test_small_talk() -> None:
    client = Client()
    assert client.codes(b"NOOP\r\nHELP\r\nVRFY bob\r\nRSET\r\nnonsense\r\nMAIL FROM:<a@x>\r\nEHLO\r\n") == [
        250, 214, 252, 250, 500, 503, 501,
    ]  # fmt: skip
    assert client.codes(b"EHLO x\r\nMAIL TO:<a@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n") == [250, 501, 503, 503]
    assert client.codes(b"MAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\nRCPT TO:<>\r\nRCPT FROM:<a@x>\r\n") == [
        250,
        503,
        501,
        501,
    ]


def test_who_speaks_something_else_learns_nothing() -> None:
    client = Client()
    assert client.codes(b"GET / HTTP/1.1\r\n" * 50) == [500] * (protocol.MOST_ERRORS - 1) + [421]
    assert client.connection.closed


WORDS = [
    b"EHLO x\r\n", b"MAIL FROM:<a@x>\r\n", b"RCPT TO:<b@x>\r\n", b"DATA\r\n", b"\r\n.\r\n", b".\r\n", b"BDAT 3\r\n", b"BDAT 0 LAST\r\n",
    b"RSET\r\n", b"STARTTLS\r\n", b"\n", b"\r", b"x", b"NOOP\r\n", b"\x00", b'MAIL FROM:<"\\', b">",
]  # fmt: skip
EVENTS = st.sampled_from([Kept("rec_1"), NotKept(), Stopping(), TimedOut(), TlsEstablished("t")])


@given(
    st.lists(
        st.sampled_from(WORDS).map(BytesReceived) | st.binary(max_size=9).map(BytesReceived) | EVENTS,
        max_size=60,
    )
)
def test_whatever_happens_a_message_is_answered_once_and_250_comes_only_after_kept(
    events: list[Event],
) -> None:
    client = Client(tls=True)
    asked = answered = 0
    for event in events:
        if isinstance(event, Kept | NotKept):
            if not client.connection.waiting:
                continue  # nobody keeps what was not handed on
            answered += 1
        if isinstance(event, TlsEstablished) and BeginTls() not in client.commands:
            continue
        client.event(event)
        asked = len(client.handed_on)
        assert asked - answered == client.connection.waiting
    assert client.heard.count(b"Kept as") <= answered


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.integers(1, 5))
def test_where_the_network_cuts_changes_nothing(words: list[bytes], step: int) -> None:
    whole, cut = Client(), Client()
    data = OPENING + b"".join(words)
    whole.says(data)
    for at in range(0, len(data), step):
        cut.says(data[at : at + step])
    assert cut.heard == whole.heard
    assert cut.handed_on == whole.handed_on
