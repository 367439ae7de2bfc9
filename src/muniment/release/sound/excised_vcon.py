"""A vCon without some stretches of its recording: a redacted version of it, as draft-ietf-vcon-vcon-core says.

1. The stretches are of the first recording whose content lies inside: that is the one that is heard. It stays the
   kind of file that it is; what cannot be written again as that becomes WAV. Its hash is taken anew.
2. What was derived from that recording (analysis) goes, and so does what was written within ten seconds of a stretch
   or at a time that nobody knows, and keys that were pressed: empty places keep every index (section 4.1.8).
3. Every other member stays. A signature does not: nobody could sign this for whoever signed that.
4. Refused are stretches that lie outside as well, or that another recording of the vCon may hold, and groups.
5. `redacted` names the vCon that it was made from, and an analysis of our own says which stretches are gone.
"""

import base64
import hashlib
import io
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np
import soundfile

from muniment.core import clock
from muniment.readers.calls import audio, vcon
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.vcon import Dialog, Vcon
from muniment.release.sound.covering import covered
from muniment.release.sound.excised_file import silenced
from muniment.release.sound.messages import Covered

TYPE: Final = "card data"
"""What the redaction took away, in the draft's `redacted.type`."""
NEAR: Final = 10_000  # ms: what was written so near to a stretch may say the same
_OF_RECORDING: Final = frozenset(
    {
        "type", "start", "duration", "parties", "originator", "mediatype", "mimetype", "filename", "session_id",
        "party_history", "application", "message_id", "campaign", "interaction", "skill", "meta",
    }
)  # fmt: skip
"""What a recording's place in the vCon keeps beside its content."""
_OF_EMPTIED: Final = frozenset(
    {
        "type",
        "start",
        "duration",
        "parties",
        "originator",
        "dialog",
        "vendor",
        "product",
        "schema",
        "mediatype",
    }
)
"""The same of a place whose content is gone."""

type _Object = dict[str, object]


def redacted(original: bytes, spans: Sequence[Covered], by: str) -> bytes:
    """The vCon without `spans` (ms since its recording begins); CallUnreadableError says why that cannot be.

    `by` is who stands for it: the request that asked.
    """
    found = vcon.read(original)
    made = dict(vcon.members(original))
    place = found.sounding
    if place is None:
        raise CallUnreadableError("No sound lies within this vCon. It can be erased whole.")
    if made.get("group"):
        raise CallUnreadableError("It is a group of other vCons. Each can be erased whole.")
    _require_alone(found, place, spans)
    dialogs = _objects(made, "dialog")
    if len(dialogs) != len(found.dialogs) or [*dialogs] != made["dialog"]:
        raise CallUnreadableError("Its parts are not as a vCon has them. It can be erased whole.")
    dialogs[place] = _without_sound(dialogs[place], found.dialogs[place], spans)
    for other, said in enumerate(found.dialogs):
        if other != place and _may_say_it(said, found.dialogs[place], spans):
            dialogs[other] = _only(dialogs[other], _OF_EMPTIED)
    made["dialog"] = dialogs
    made["analysis"] = [*_analysis(made, place), _note(place, found, spans, by)]
    for gone in ("amended", "appended", "group"):  # each excludes `redacted` (section 4.1.8)
        made.pop(gone, None)
    prior = found.facts.id
    made["redacted"] = {**({"uuid": prior} if prior else {}), "type": TYPE}
    now = clock.now()
    made["uuid"], made["updated_at"] = _name(now, by), _moment(now)
    made.setdefault("created_at", _moment(now))
    made.setdefault("parties", [])
    return msgspec.json.encode(made)


def _objects(made: Mapping[str, object], name: str) -> list[_Object]:
    """The objects of a list, as many and in the order that the reader has them."""
    listed = made.get(name)
    return [dict(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _require_alone(found: Vcon, place: int, spans: Sequence[Covered]) -> None:
    """CallUnreadableError where the stretches may be in something that is not within reach here."""
    chosen = found.dialogs[place]
    if chosen.url:
        raise CallUnreadableError(
            "The recording lies outside the vCon as well, where nothing can be taken out of it. "
            "The vCon can be erased whole."
        )
    for number, other in enumerate(found.dialogs):
        if number == place or other.kind not in vcon.SPOKEN or not (other.body or other.url):
            continue
        if _meets(other, chosen, spans, near=0):
            where = "outside the vCon" if other.url else "within the vCon"
            raise CallUnreadableError(
                f"Another recording of the same time lies {where}, and may hold the same words. "
                "The vCon can be erased whole."
            )


def _meets(other: Dialog, chosen: Dialog, spans: Sequence[Covered], near: int) -> bool:
    """Whether a dialog is of the time of a stretch; also where nobody knows when either began or a recording ended."""
    if not other.started or not chosen.started:
        return True
    if not other.seconds and other.kind in vcon.SPOKEN:
        return True
    ended = other.started + round(other.seconds * 1000)
    return any(
        other.started <= chosen.started + span.end + near and ended >= chosen.started + span.start - near
        for span in spans
    )


def _may_say_it(other: Dialog, chosen: Dialog, spans: Sequence[Covered]) -> bool:
    written = other.kind not in vcon.SPOKEN and bool(other.body or other.url)
    return written and _meets(other, chosen, spans, NEAR)


def _without_sound(known: _Object, said: Dialog, spans: Sequence[Covered]) -> _Object:
    made, name = _sound(said, spans)
    kept = _only(known, _OF_RECORDING)
    if name != said.name:
        kept |= {"filename": name, "mediatype": "audio/x-wav"}
        kept.pop("mimetype", None)
    history = kept.get("party_history")
    if isinstance(history, list):
        kept["party_history"] = [one for one in history if not (isinstance(one, dict) and "button" in one)]
    digest = base64.urlsafe_b64encode(hashlib.sha512(made).digest()).rstrip(b"=").decode()
    return kept | {
        "body": base64.urlsafe_b64encode(made).rstrip(b"=").decode(),
        "encoding": "base64url",
        "content_hash": f"sha512-{digest}",
    }


def _sound(said: Dialog, spans: Sequence[Covered]) -> tuple[bytes, str]:
    """The file without the stretches, and its name; WAV where it cannot be written as what it was."""
    try:
        return silenced(said.body, said.name, spans), said.name
    except CallUnreadableError:
        sound = audio.decode(said.body, said.name)
    rows = np.stack(list(sound.channels), axis=1)
    file = io.BytesIO()
    quiet = [msgspec.structs.replace(span, beep=False) for span in spans]
    soundfile.write(file, covered(rows, sound.rate, 0, quiet), sound.rate, "PCM_16", format="WAV")
    return file.getvalue(), f"{said.name.rpartition('.')[0] or said.name or 'recording'}.wav"


def _analysis(made: Mapping[str, object], place: int) -> list[_Object]:
    """What stays of it: all that is of other dialogs only. Our own notes of earlier stretches are written anew."""
    kept: list[_Object] = []
    for one in _objects(made, "analysis"):
        of = one.get("dialog")
        named = [of] if isinstance(of, int) else of if isinstance(of, list) else []
        if (said := vcon.noted(one)) is not None:
            kept.append(vcon.note(said))
        elif named and place not in named and all(isinstance(each, int) for each in named):
            kept.append(one)
        else:
            kept.append(_only(one, _OF_EMPTIED))
    return kept


def _note(place: int, found: Vcon, spans: Sequence[Covered], by: str) -> _Object:
    started = found.dialogs[place].started
    told = tuple((span.start, span.end, -1 if span.channel is None else span.channel) for span in spans)
    return vcon.note(vcon.Excised(place, by, started, told))


def _only(known: Mapping[str, object], names: frozenset[str]) -> _Object:
    return {name: value for name, value in known.items() if name in names}


def _name(now: datetime, by: str) -> str:
    """A UUID of version 8 as section 4.1.2 asks: the time, chance, and a hash of who made it."""
    whose = int.from_bytes(hashlib.sha1(by.encode(), usedforsecurity=False).digest()[:8]) >> 2
    value = int(now.timestamp() * 1000) << 80 | secrets.randbits(12) << 64 | whose
    return str(uuid.UUID(int=value & ~(0xF << 76) | 8 << 76 | 0b10 << 62))


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds")
