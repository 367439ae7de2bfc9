"""A call as a vCon (draft-ietf-vcon-vcon-container), for programs of others."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from muniment.core.call_facts import CallParty
from muniment.readers.calls.call import Call

VERSION = "0.0.2"
_DIRECTIONS = {"inbound": "in", "outbound": "out"}
_MEDIA = {
    "wav": "audio/x-wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
}


def write(call: Call, *, record: str, name: str, sound: str, digest: str) -> bytes:
    """The vCon, in JSON. `sound` and `digest` (its SHA-512) are base64url without padding (RFC 4648)."""
    facts = call.facts
    started = facts.answered or facts.started
    dialog = {
        "type": "recording",
        "start": _moment(started),
        "duration": call.seconds,
        "parties": list(range(len(facts.parties))),
        "mediatype": _MEDIA.get(name.rpartition(".")[2].lower(), "application/octet-stream"),
        "filename": name,
        "body": sound,
        "encoding": "base64url",
        "content_hash": f"sha512-{digest}",
    }
    members = {
        "vcon": VERSION,
        "uuid": facts.global_id or facts.id or record,
        "created_at": _moment(facts.ended),
        "parties": [_party(party) for party in facts.parties],
        "dialog": [dialog],
        "meta": {"direction": _DIRECTIONS.get(facts.direction, facts.direction), "record": record},
        "attachments": [],
        "analysis": [],
    }
    return msgspec.json.encode(members)


def _party(party: CallParty) -> Mapping[str, object]:
    role = "agent" if party.role == "agent" or party.extension else "contact"
    members: dict[str, object] = {"name": party.name, "role": role}
    if number := party.e164 or party.dialled:
        members["tel"] = number
    if party.address.startswith(("sip:", "sips:")):
        members["sip"] = party.address
    if party.extension:
        members["meta"] = {"extension": party.extension}
    return members


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
