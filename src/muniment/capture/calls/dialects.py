"""How vendors speak: recognised by what they write, used as hints, never as a reason to refuse.

Each row names the traits that a recording of its kind shows; docs/guide/recording-calls.md has the table
for people. What a dialect changes: which names join recordings of one call, and whom the parties are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from muniment.capture.calls.numbers import user_of
from muniment.capture.calls.sip.address import NameAddress, parse_name_address, parse_uri, value_of
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import Document

PLACEHOLDER = re.compile(r"^(?:sips?:)?ASBCE@", re.IGNORECASE)
"""The party that Avaya's controller names until it knows who is there."""

_AGENTS = (
    ("broadworks", re.compile(r"broad(?:works|soft)|webex", re.IGNORECASE)),
    ("avaya", re.compile(r"avaya|asbce", re.IGNORECASE)),
    ("audiocodes", re.compile(r"audiocodes|mediant", re.IGNORECASE)),
    ("oracle", re.compile(r"oracle|acme", re.IGNORECASE)),
    ("ribbon", re.compile(r"ribbon|sonus", re.IGNORECASE)),
    ("cisco-cucm", re.compile(r"cisco-cucm", re.IGNORECASE)),
    ("cisco-cube", re.compile(r"cisco-?(?:sip|systems)|\bcube\b", re.IGNORECASE)),
    ("sems", re.compile(r"\bsems\b|frafos|procomm", re.IGNORECASE)),
    ("opensips", re.compile(r"opensips", re.IGNORECASE)),
    ("metaswitch", re.compile(r"metaswitch|perimeta", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Speech:
    """What a dialect is told by."""

    headers: Headers
    document: Document | None
    origin: str = ""
    """The `o=` line of the description."""


def recognise(speech: Speech) -> str:
    """The dialect, "standard" where nothing points to another."""
    headers = speech.headers
    sender = parse_uri(parse_name_address(headers.first("from")).uri)
    if value_of(sender.parameters, "x-refci") is not None:
        return "cisco-cucm"
    if headers.first("x-audc-call-id"):
        return "audiocodes"
    if headers.first("x-cisco-recording-participant"):
        return "cisco-cube"
    said = " ".join((headers.first("user-agent"), headers.first("server"), speech.origin))
    for name, pattern in _AGENTS:
        if pattern.search(said):
            return name
    return _by_document(speech.document, headers)


def _by_document(document: Document | None, headers: Headers) -> str:
    if document is None or document.tree is None:
        return "standard"
    names = {name for participant in document.participants for name, _ in participant.facts}
    if document.tree.name == "recording_metadata" or document.tree.namespace.endswith("siprec"):
        return "broadworks"
    if any(PLACEHOLDER.match(participant.address) for participant in document.participants):
        return "avaya"
    if "callingParty" in names:
        return "oracle"
    if any(name == "fromhdr" for group in document.groups for name, _ in group.facts):
        return "ribbon"
    if "OSS-unique-boundary" in headers.first("content-type"):
        return "opensips"
    return "standard"


def joining_names(speech: Speech, source: str) -> tuple[str, ...]:
    """Names that recordings of the same call share, the most telling first.

    Short numbers of one switch count only among recordings of that switch (`source`).
    """
    found = [*_of_cucm(speech.headers), *_of_headers(speech.headers)]
    document = speech.document
    if document is not None:
        for session in document.sessions:
            found += [_session_name(text) for text in session.sip_ids]
        facts = [fact for group in document.groups for fact in group.facts]
        facts += [fact for session in document.sessions for fact in session.facts]
        facts += [fact for participant in document.participants for fact in participant.facts]
        facts += document.facts
        found += _of_facts(facts, source)
        found += [f"uuid:{source}:{session.id}" for session in document.sessions]
    return tuple(dict.fromkeys(name for name in found if name))


def group_names(document: Document | None, source: str) -> tuple[str, ...]:
    """The groups of communication sessions that a document speaks of (RFC 7865 section 6.2), by the client's names."""
    if document is None:
        return ()
    named = (*(each.id for each in document.groups), *(each.group for each in document.sessions))
    return tuple(dict.fromkeys(f"group:{source}:{name}" for name in named if name))


def people_of(document: Document | None) -> frozenset[str]:
    """Who is named in a document, by what is the same in every dialog: the user part, else the identifier."""
    people = document.participants if document else ()
    return frozenset(
        user_of(each.address) or each.id for each in people if not PLACEHOLDER.match(each.address)
    )


def near_and_far(headers: Headers) -> tuple[NameAddress, str, str] | None:
    """CUCM's From: who it is about, which side ("near", "far"), and the other side's number."""
    sender = parse_name_address(headers.first("from"))
    uri = parse_uri(sender.uri)
    if value_of(uri.parameters, "x-refci") is None:
        return None
    side = "far" if value_of(uri.parameters, "x-farend") is not None else "near"
    return sender, side, value_of(uri.parameters, "x-farendaddr") or ""


def _of_cucm(headers: Headers) -> list[str]:
    parameters = parse_uri(parse_name_address(headers.first("from")).uri).parameters
    own, other = value_of(parameters, "x-refci"), value_of(parameters, "x-farendrefci")
    if not own:
        return []
    cluster = value_of(parameters, "x-nearendclusterid") or ""
    pair = "+".join(sorted((own, other))) if other else own
    return [f"refci:{cluster}:{pair}", f"refci:{cluster}:{own}"]


def _of_headers(headers: Headers) -> list[str]:
    found = [_session_name(headers.first("session-id"))]
    for header, prefix in (("x-audc-call-id", "audiocodes"), ("cisco-guid", "guid"), ("x-call-id", "call")):
        if value := headers.first(header).strip():
            found.append(f"{prefix}:{value}")
    return found


def _of_facts(facts: Iterable[tuple[str, str]], source: str) -> list[str]:
    found = []
    for name, value in facts:
        match name.lower():
            case "callid" | "call-id":
                found.append(f"call:{value}")
            case "gcid" | "externaltrackingid" | "ucid":
                found.append(f"{name.lower()}:{source}:{value}")
    return found


def _session_name(text: str) -> str:
    """A session identifier whichever side said it (RFC 7989): local and remote in one order."""
    local, _, rest = text.partition(";")
    remote = rest.partition("remote=")[2].partition(";")[0].strip().lower()
    local = local.strip().lower()
    if not local.strip("0"):
        return ""
    return "session:" + "+".join(sorted((local, remote))) if remote.strip("0") else f"session:{local}"
