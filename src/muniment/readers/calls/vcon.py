"""vCon: a conversation as JSON (draft-ietf-vcon-vcon-core), read as tolerantly as programs write it.

Whatever is odd in one member costs that member and is named in `defects`. A signed vCon (JWS) is read
without judging its signature; an encrypted one (JWE) cannot be read.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from muniment.core.call_facts import CallFacts, CallParty, Direction, MaskedSpan, PartyRole
from muniment.core.phone_numbers import DEFAULT_REGION, e164
from muniment.readers.calls.errors import CallUnreadableError

MOST_PARTIES = 1000
MOST_DIALOGS = 10_000
_DIRECTIONS: Mapping[str, Direction] = {
    "in": "inbound",
    "inbound": "inbound",
    "out": "outbound",
    "outbound": "outbound",
}

SPOKEN = frozenset({"recording", "video"})
"""The kinds of dialog that may be heard."""
_LONGEST, _LATEST = 10**9, 2**43  # ms of a recording, and since 1970: what a stranger's number may be
_VENDOR, _SCHEMA = "Muniment", "muniment/excised/v1"

type Members = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Dialog:
    """One part of the conversation. `body` is its content where it lies inside, `url` where it lies elsewhere.

    `started` is in ms since 1970 (0: not said), `seconds` its length (0: not said), `parties` index into
    the vCon's parties.
    """

    kind: str
    started: int
    seconds: float
    media_type: str
    name: str
    parties: tuple[int, ...]
    body: bytes = b""
    url: str = ""


class Excised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stretches that were taken out of a dialog's recording: from and to in ms since it `began`, channel or -1.

    `began` is in ms since 1970 (0: not known), `by` the request that asked for it.
    """

    dialog: int
    by: str
    began: int
    spans: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Vcon:
    """What a vCon says: the call, its parts, the text of written ones, and what was odd."""

    facts: CallFacts
    dialogs: tuple[Dialog, ...]
    subject: str
    text: str
    mails: tuple[tuple[str, str], ...]
    """Mail addresses of the parties, each with the name beside it."""

    @property
    def sounding(self) -> int | None:
        """The place of the dialog that is heard: the first recording that lies inside; None where none does."""
        places = (place for place, one in enumerate(self.dialogs) if one.body and one.kind in SPOKEN)
        return next(places, None)


def is_vcon(start: bytes) -> bool:
    """Whether bytes that begin so may be a vCon: an object in JSON that names its parts."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    named = any(mark in text for mark in (b'"vcon"', b'"dialog"', b'"ciphertext"', b'"payload"'))
    return text.startswith(b"{") and named


def read(original: bytes, region: str = "") -> Vcon:
    """What it says; numbers without a country are `region`'s, or GB's.

    CallUnreadableError where it is no JSON object, or encrypted.
    """
    return _read(members(original), region)


def members(original: bytes) -> Members:
    """All that it says, as it stands there; of a signed one what was signed. CallUnreadableError as above."""
    return _plain(_object(original))


def noted(analysis: Members) -> Excised | None:
    """Which stretches Muniment has taken out, where an analysis says that; None for any other."""
    if (analysis.get("vendor"), analysis.get("schema")) != (_VENDOR, _SCHEMA):
        return None
    try:
        found = msgspec.json.decode(_text(analysis.get("body")), type=Excised)
    except msgspec.MsgspecError:
        return None
    within = all(0 <= start < end < _LONGEST for start, end, _ in found.spans)
    return found if within and 0 <= found.began < _LATEST else None


def note(said: Excised) -> dict[str, object]:
    """An analysis that says so (section 4.5 of the draft)."""
    return {
        "type": "report",
        "dialog": said.dialog,
        "vendor": _VENDOR,
        "schema": _SCHEMA,
        "mediatype": "application/json",
        "encoding": "json",
        "body": msgspec.json.encode(said).decode(),
    }


def _read(members: Members, region: str) -> Vcon:
    defects: list[str] = []
    if not _text(members.get("uuid")) or not _text(members.get("vcon")):
        defects.append("the vCon does not say its name or its version")
    dialogs = tuple(_dialogs(_listed(members, "dialog", defects), defects))
    raw = _listed(members, "parties", defects)[:MOST_PARTIES]
    meta = _first_meta(members)
    direction = _DIRECTIONS.get(_text(meta.get("direction")).lower(), "unknown")
    parties = tuple(
        _party(one, place, _speakers(dialogs), direction, region) for place, one in enumerate(raw)
    )
    spoken = [one for one in dialogs if one.kind in SPOKEN]
    if (redacted := _member(members, "redacted")) is not None:
        defects.append("it is a redacted version of another vCon")
    for one in dialogs:
        if any(place >= len(raw) for place in one.parties):
            defects.append("a dialog names a party that is not there")
        if one in spoken and not one.body:
            defects.append(
                "a recording lies outside the vCon" if one.url else "a recording is named and not there"
            )
    started = min((one.started for one in dialogs if one.started), default=0) or _moment(
        members.get("created_at")
    )
    ended = max((one.started + round(one.seconds * 1000) for one in dialogs if one.started), default=started)
    facts = CallFacts(
        id=_text(members.get("uuid")),
        global_id=_text((redacted or {}).get("uuid")) or _text(members.get("uuid")),
        direction=direction,
        started=started,
        answered=started if spoken else 0,
        ended=max(ended, started),
        parties=parties,
        masks=tuple(_masks(members)),
        evidence={name: value for name in ("disposition",) if (value := _text(meta.get(name)))},
        defects=tuple(dict.fromkeys(defects)),
        region=region,
    )
    mails = tuple(
        (address.lower(), _text(one.get("name")))
        for one in raw
        for name in ("mailto", "email")
        if "@" in (address := _text(one.get(name)).removeprefix("mailto:").strip())
    )
    return Vcon(facts, dialogs, _text(members.get("subject")), _written(dialogs), mails)


def _member(members: Members, name: str) -> Members | None:
    found = members.get(name)
    return found if isinstance(found, dict) and found else None


def _masks(members: Members) -> Iterator[MaskedSpan]:
    for said in filter(None, map(noted, _listed(members, "analysis", [])[:MOST_DIALOGS])):
        for start, end, channel in said.spans[:MOST_DIALOGS]:
            stream = None if channel < 0 else channel
            yield MaskedSpan(said.began + start, said.began + end, stream, "excised", said.by)


def _object(data: bytes) -> Members:
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise CallUnreadableError("The vCon is no JSON that can be read.") from error
    if not isinstance(found, dict):
        raise CallUnreadableError("The vCon is JSON, and no object.")
    return found


def _plain(members: Members) -> Members:
    """The vCon inside a signature (RFC 7515); the object itself where there is none."""
    if "ciphertext" in members:
        raise CallUnreadableError("The vCon is encrypted, and its key is not here.")
    payload = members.get("payload")
    if isinstance(payload, str) and ("signatures" in members or "signature" in members):
        return _object(_base64(payload) or b"")
    return members


def _listed(members: Members, name: str, defects: list[str]) -> list[Members]:
    found = members.get(name)
    if not isinstance(found, list):
        if found is not None or name in members:
            defects.append(f"its {name} is no list")
        return []
    good: list[Members] = [one for one in found if isinstance(one, dict)]
    if len(good) < len(found):
        defects.append(f"a member of its {name} is no object")
    return good


def _first_meta(members: Members) -> Members:
    dialogs = members.get("dialog")
    first = dialogs[0] if isinstance(dialogs, list) and dialogs else {}
    for holder in (first, members):
        meta = holder.get("meta") if isinstance(holder, dict) else None
        if isinstance(meta, dict):
            return meta
    return {}


def _dialogs(listed: Sequence[Members], defects: list[str]) -> Iterator[Dialog]:
    for one in listed[:MOST_DIALOGS]:
        started = _moment(one.get("start"))
        if not started:
            defects.append("a dialog does not say when it began")
        seconds = one.get("duration")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 10**7:
            if seconds is not None:
                defects.append("a dialog's length is no number of seconds")
            seconds = 0
        yield Dialog(
            kind=_text(one.get("type")),
            started=started,
            seconds=float(seconds),
            media_type=_text(one.get("mediatype")) or _text(one.get("mimetype")),
            name=_text(one.get("filename")),
            parties=tuple(_places(one.get("parties"))),
            body=_body(one, defects),
            url=_text(one.get("url")),
        )


def _body(one: Members, defects: list[str]) -> bytes:
    body, encoding = one.get("body"), _text(one.get("encoding")).lower()
    if body is None or body == "":
        return b""
    if encoding in ("base64url", "base64"):
        found = _base64(body) if isinstance(body, str) else None
        if found is None:
            defects.append("a dialog's content is not the base64url that it says it is")
        return found or b""
    return body.encode("utf-8", "replace") if isinstance(body, str) else msgspec.json.encode(body)


def _base64(text: str) -> bytes | None:
    try:
        packed = "".join(text.split()).rstrip("=").replace("+", "-").replace("/", "_")
        return base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _places(found: object) -> Iterator[int]:
    for one in found if isinstance(found, list) else [found]:
        for place in one if isinstance(one, list) else [one]:
            if isinstance(place, int) and not isinstance(place, bool) and place >= 0:
                yield place


def _speakers(dialogs: Sequence[Dialog]) -> tuple[int, ...]:
    """The parties of the first dialog: the first of them called (draft section 4.3.4)."""
    return dialogs[0].parties if dialogs else ()


def _party(one: Members, place: int, speakers: Sequence[int], direction: Direction, region: str) -> CallParty:
    meta = one.get("meta")
    said = _text(one.get("role")) or (_text(meta.get("role")) if isinstance(meta, dict) else "")
    number = _text(one.get("tel")) or _text(one.get("sip"))
    return CallParty(
        role=_role(said.lower(), place, speakers, direction),
        dialled=_text(one.get("tel")),
        address=_text(one.get("sip")) or (f"tel:{number}" if number else ""),
        e164=e164(number, region or DEFAULT_REGION),
        name=_text(one.get("name")),
        extension=_text(meta.get("extension")) if isinstance(meta, dict) else "",
        stream=None,
    )


def _role(said: str, place: int, speakers: Sequence[int], direction: Direction) -> PartyRole:
    if said in ("agent", "ai"):
        return "caller" if direction == "outbound" else "agent"
    if said in ("customer", "contact"):
        return "called" if direction == "outbound" else "caller"
    return "caller" if place == (speakers[0] if speakers else 0) else "called"


def _written(dialogs: Sequence[Dialog]) -> str:
    parts = [one.body.decode("utf-8", "replace") for one in dialogs if one.kind == "text" and one.body]
    return "\n\n".join(parts)


def _text(found: object) -> str:
    return found.strip() if isinstance(found, str) else ""


def _moment(found: object) -> int:
    """A date of RFC 3339, or seconds since 1970, in ms; 0 for anything else. Without a zone it is UTC."""
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < 2**33:
        return round(found * 1000)
    try:
        moment = datetime.fromisoformat(_text(found))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(round(aware.timestamp() * 1000), 0)
    except (ValueError, OverflowError):
        return 0
