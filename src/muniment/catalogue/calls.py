"""What a call has besides what every record has: its row, and the view that pages get of it."""

from collections.abc import Sequence

import msgspec

from muniment.catalogue import queries
from muniment.catalogue.queries import Name, Parameters, listed
from muniment.core.call_facts import CallFacts, NoticeEvidence
from muniment.readers.calls import Call
from muniment.readers.contents import Content

SHORTEST_NAME = 6  # characters: less is a number that two calls may have
_NAMES_IN_EVIDENCE = (
    "uniqueid", "linkedid", "uuid", "call_uuid", "call-id", "call_id", "sip_call_id", "recordingfile", "recordingid",
)  # fmt: skip


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One call as lists show it: nothing of what was said. Times are seconds since 1970, 0 for unknown.

    `seconds` is how long its sound is, `mos` the worst stream's estimate (1 to 4.5; 0: none), `lost` counts
    packets, `parts` are names of other recordings of the same call; `evidence` is what is known of the notice,
    `tones` how often the tone for staff was heard (−1: it was not looked for).
    """

    direction: str
    queue: str
    extension: str
    answered: int
    ended: int
    talk_seconds: int
    seconds: int
    notice: str
    masked_ms: int
    mos: float
    lost: int
    streams: int
    holds: int
    keys_pressed: bool
    sound: str
    global_id: str
    parts: tuple[str, ...]
    evidence: NoticeEvidence = NoticeEvidence("unknown")
    tones: int = -1
    united: tuple[str, ...] = ()
    """The records that are other recordings of the same call: one call is one, however often it was recorded."""


def rows_of(record: Parameters, content: Content) -> list[Parameters]:
    """The row beside a record's: one for a call, none for anything else."""
    if not isinstance(content, Call):
        return []
    facts = content.facts
    return [
        {
            "record": record["id"],
            "organisation": record["organisation"],
            "call": facts.id,
            "global_id": facts.global_id,
            "direction": facts.direction,
            "queue": facts.queue,
            "extension": content.extension,
            "answered": facts.answered // 1000,
            "ended": facts.ended // 1000,
            "talk_seconds": content.talk_seconds,
            "seconds": content.seconds,
            "notice": facts.notice.state,
            "masked_ms": content.masked_ms,
            "mos_hundredths": content.mos_hundredths,
            "lost": content.lost,
            "streams": len(facts.streams),
            "holds": len(facts.holds),
            "keys_pressed": int(facts.dtmf),
            "sound": content.sound,
            "parts": "\n".join(facts.parts),
            "names": "\n".join(names_of(facts)),
            "packets": sum(stream.packets for stream in facts.streams),
            "notice_name": facts.notice.announcement,
            "notice_version": facts.notice.version,
            "notice_language": facts.notice.language,
            "notice_hundredths": round(facts.notice.score * 100),
            "notice_reason": facts.notice.reason,
            "rule": facts.rule.name if facts.rule else "",
            "category": facts.rule.category if facts.rule else "",
            "staff": " ".join(facts.staff.manners) if facts.staff else "",
            "tones": facts.staff.tones if facts.staff else -1,
        }
    ]


def names_of(facts: CallFacts) -> tuple[str, ...]:
    """Whatever a switch may call this recording or its call: ours, the shared one, its legs, its own account."""
    told = [facts.evidence.get(name, "") for name in _NAMES_IN_EVIDENCE]
    found = (facts.id, facts.global_id, *facts.legs, *told)
    return tuple(dict.fromkeys(one.replace("\n", " ") for one in found if len(one) >= SHORTEST_NAME))


def calls_of(organisation: str, records: Sequence[str]) -> dict[str, CallView]:
    """Those of these records that are calls, by their ids."""
    names = {"organisation": organisation, "records": listed(records)}
    found = {str(row[0]): _view(row[1:]) for row in queries.rows(Name.CALLS_BY_RECORD, names)}
    others = united(organisation, [*found]) if found else {}
    return {
        record: msgspec.structs.replace(view, united=others.get(record, ())) for record, view in found.items()
    }


def united(organisation: str, records: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Of those that have any, the other recordings of the same call, whether they were known as one at once or later."""
    names = {"organisation": organisation, "records": listed(records)}
    found: dict[str, set[str]] = {}
    for one, other in queries.rows(Name.CALLS_UNITED, names):
        found.setdefault(str(one), set()).add(str(other))
    return {record: tuple(sorted(others)) for record, others in found.items()}


def with_parts(organisation: str, records: Sequence[str]) -> tuple[str, ...]:
    """These records, and of each call among them every other recording."""
    others = united(organisation, records) if records else {}
    return tuple(dict.fromkeys((*records, *(one for some in others.values() for one in some))))


def left_over(organisation: str) -> tuple[str, ...]:
    """Records of which a call's row stands though they are erased or unknown: a fault of the catalogue."""
    return tuple(str(row[0]) for row in queries.rows(Name.CALLS_LEFT_OVER, {"organisation": organisation}))


def _view(row: tuple[object, ...]) -> CallView:
    (direction, queue, extension, answered, ended, talk, seconds, notice, masked, mos, lost, streams, holds,
     pressed, sound, global_id, parts, name, version, language, likeness, reason, tones) = row  # fmt: skip
    return CallView(
        direction=str(direction),
        queue=str(queue),
        extension=str(extension),
        answered=int(str(answered)),
        ended=int(str(ended)),
        talk_seconds=int(str(talk)),
        seconds=int(str(seconds)),
        notice=str(notice),
        masked_ms=int(str(masked)),
        mos=int(str(mos)) / 100,
        lost=int(str(lost)),
        streams=int(str(streams)),
        holds=int(str(holds)),
        keys_pressed=bool(pressed),
        sound=str(sound),
        global_id=str(global_id),
        parts=tuple(filter(None, str(parts).split("\n"))),
        evidence=NoticeEvidence(
            str(notice),  # type: ignore[arg-type]  # intake wrote it from one
            str(name),
            int(str(version)),
            str(language),
            int(str(likeness)) / 100,
            reason=str(reason),
        ),
        tones=int(str(tones)),
    )
