"""Metadata of RFC 7865 for calls of several conversations, written as RFC 8068 shows them."""

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from tests.capture.calls.client import Caller

ANN, BOB, CAL, DAN = (
    "sip:+441632960123@carrier.example",
    "sip:201@firm.example",
    "sip:202@firm.example",
    "sip:203@x",
)
KIND, DISPOSITION = "application/rs-metadata+xml", "recording-session"


@dataclass(frozen=True)
class Talk:
    """One communication session: who is in it, and the label of the stream that each sends; 0 sends nothing."""

    name: str
    people: tuple[tuple[str, int], ...]
    stopped: bool = False


def talk(name: str, stopped: bool = False, **people: int) -> Talk:
    """`talk("sales", ann=1, bob=2)`."""
    known = {"ann": ANN, "bob": BOB, "cal": CAL, "dan": DAN}
    return Talk(name, tuple((known[who], label) for who, label in people.items()), stopped)


def document(
    *talks: Talk, group: str = "one", gone: tuple[tuple[str, str], ...] = (), complete: bool = True
) -> str:
    """Who is in which session. `gone` are participants and the sessions that they left."""
    mode = "complete" if complete else "partial"
    lines = [f'<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>{mode}</datamode>']
    lines.append(f"<group group_id={quoteattr(group)}/>")
    for each in talks:
        over = "<stop-time>2026-11-26T10:00:00Z</stop-time>" if each.stopped else ""
        lines.append(
            f"<session session_id={quoteattr(each.name)}><sipSessionID>{each.name}0;remote={each.name}1</sipSessionID>"
            f"<group-ref>{group}</group-ref>{over}</session>"
        )
    people = dict.fromkeys(who for each in talks for who, _ in each.people)
    lines += [
        f"<participant participant_id={quoteattr(who)}><nameID aor={quoteattr(who)}/></participant>"
        for who in people
    ]
    labels = {(each.name, label) for each in talks for _, label in each.people if label}
    lines += [
        f'<stream stream_id="{name}-{label}" session_id={quoteattr(name)}><label>{label}</label></stream>'
        for name, label in sorted(labels)
    ]
    lines += [
        f"<participantsessionassoc participant_id={quoteattr(who)} session_id={quoteattr(each.name)}/>"
        for each in talks if not each.stopped for who, _ in each.people
    ]  # fmt: skip
    lines += [
        f"<participantsessionassoc participant_id={quoteattr(who)} session_id={quoteattr(name)}>"
        "<disassociate-time>2026-11-26T10:00:00Z</disassociate-time></participantsessionassoc>"
        for who, name in gone
    ]
    for who in people:
        sent = "".join(
            f"<send>{each.name}-{label}</send>"
            for each in talks
            for one, label in each.people
            if one == who and label
        )
        lines.append(
            f"<participantstreamassoc participant_id={quoteattr(who)}>{sent}</participantstreamassoc>"
        )
    return "".join([*lines, "</recording>"])


def streams(*ways: str) -> str:
    """A description with a stream for each direction, labelled 1, 2, 3 …; "" is a line that is not used."""
    head = "v=0\r\no=src 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
    return head + "".join(
        f"m=audio {20_000 + 2 * place if way else 0} RTP/AVP 8\r\na=label:{place}\r\na={way or 'inactive'}\r\n"
        for place, way in enumerate(ways, 1)
    )


def says(caller: Caller, metadata: str) -> None:
    """An UPDATE with metadata alone."""
    (response,) = caller.says("UPDATE", metadata.encode(), KIND, Content_Disposition=DISPOSITION)
    assert response.status == 200
