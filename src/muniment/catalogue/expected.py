"""Calls that switches say there were: their rows, and both sides of a day as the matching takes them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

import msgspec

from muniment.capture.calls.assurance.matching import Expected, Known, Recorded
from muniment.capture.calls.assurance.report import SourceState
from muniment.catalogue import queries
from muniment.catalogue.calls import SHORTEST_NAME, united
from muniment.catalogue.queries import Name, Parameters
from muniment.core import clock
from muniment.core.phone_numbers import EXTENSION
from muniment.core.rule_settings import ruled_out
from muniment.readers.calls.details import CallList, ExpectedCall
from muniment.readers.contents import Content

_HOUR = 3600


class NoticeSeen(NamedTuple):
    """One recorded call: what it says of its notice, and its category by rule."""

    record: str
    state: str
    reason: str
    category: str


def rows_of(record: Parameters, content: Content) -> list[Parameters]:
    """The rows of a file of call details; none for anything else."""
    if not isinstance(content, CallList):
        return []
    return [_row(record, place, call) for place, call in enumerate(content.calls)]


def expected_in(organisation: str, begins: int, ends: int) -> tuple[Expected, ...]:
    """What is said to have begun in a span; seconds since 1970."""
    span: Parameters = {"organisation": organisation, "begins": begins * 1000, "ends": ends * 1000}
    return tuple(_expected(row) for row in queries.rows(Name.EXPECTED_IN, span))


def recorded_in(organisation: str, begins: int, ends: int) -> tuple[Recorded, ...]:
    """The recordings that began in a span; seconds since 1970."""
    span: Parameters = {"organisation": organisation, "begins": begins, "ends": ends}
    found = [_recorded(row) for row in queries.rows(Name.RECORDED_IN, span)]
    others = united(organisation, [one.record for one in found]) if found else {}
    return tuple(replace(one, parts=others.get(one.record, ())) for one in found)


def not_kept_in(organisation: str, begins: int, ends: int) -> tuple[tuple[int, str], ...]:
    """When nothing of a call was kept, in ms since 1970, and by which rule: empty where somebody declined."""
    span: Parameters = {"organisation": organisation, "begins": begins, "ends": ends}
    return tuple(
        (int(str(time)) * 1000, ruled_out(str(word))) for time, word in queries.rows(Name.DECLINED_IN, span)
    )


def notices_in(organisation: str, begins: int, ends: int) -> tuple[NoticeSeen, ...]:
    """What each recorded call that began in a span says of its notice; seconds since 1970."""
    span: Parameters = {"organisation": organisation, "begins": begins, "ends": ends}
    return tuple(NoticeSeen(*map(str, row)) for row in queries.rows(Name.NOTICES_IN, span))


def newest(organisation: str) -> int:
    """A number that grows with each account of a call that comes in; 0 while there is none."""
    ((found,),) = queries.rows(Name.NEWEST_EXPECTED, {"organisation": organisation})
    return int(str(found))


def sources_in(organisation: str, begins: int, ends: int, silent_hours: int) -> tuple[SourceState, ...]:
    """Sources of calls, and which of them had been silent for too long at the end of the span."""
    span: Parameters = {
        "organisation": organisation,
        "begins": begins,
        "ends": ends,
        "heard": ends or clock.seconds(),
    }
    return tuple(
        SourceState(
            str(name),
            int(str(count)),
            int(str(last)),
            bool(silent_hours) and int(str(last)) < ends - silent_hours * _HOUR,
        )
        for name, count, last in queries.rows(Name.CALL_SOURCES, span)
    )


def known_in(organisation: str, begins: int, ends: int, down: Sequence[tuple[int, int]] = ()) -> Known:
    """What else is known of a span: who declined, and when a source was down (ms since 1970)."""
    said = not_kept_in(organisation, begins, ends)
    declined = tuple(at for at, rule in said if not rule)
    return Known(tuple(down), declined, tuple((at, rule) for at, rule in said if rule))


def _row(record: Parameters, place: int, call: ExpectedCall) -> Parameters:
    file = PurePath(call.recording.replace("\\", "/")).name
    names = (call.call, call.group, file, file.rpartition(".")[0], *call.names)
    kept = dict.fromkeys(each.replace("\n", " ") for each in names if len(each) >= SHORTEST_NAME)
    return {
        "record": record["id"],
        "organisation": record["organisation"],
        "row": place,
        "names": "\n".join(kept),
        "started": call.started,
        "answered": call.answered,
        "ended": call.ended,
        "addresses": "\n".join(call.addresses),
        "extension": call.extension,
        "queue": call.queue,
        "direction": call.direction,
        "disposition": call.disposition,
        "was_answered": int(call.was_answered),
    }


def _expected(row: tuple[object, ...]) -> Expected:
    (record, place, names, started, answered, ended, addresses, extension, queue, disposition, was, direction,
     source) = row  # fmt: skip
    parties = frozenset(filter(None, str(addresses).split("\n")))
    lines = {str(extension), str(queue), *parties, *(one.removeprefix(EXTENSION) for one in parties)}
    return Expected(
        place=f"{record}#{int(str(place)):06}",
        names=frozenset(filter(None, str(names).split("\n"))),
        started=int(str(started)),
        answered=int(str(answered)),
        ended=int(str(ended)),
        addresses=parties,
        was_answered=bool(was),
        disposition=str(disposition),
        call=str(names).partition("\n")[0],
        line=str(extension)
        or str(queue)
        or next((one.removeprefix(EXTENSION) for one in sorted(parties) if one.startswith(EXTENSION)), ""),
        lines=frozenset(lines - {""}),
        queue=str(queue),
        direction=str(direction),
        source=str(source),
    )


def _recorded(row: tuple[object, ...]) -> Recorded:
    record, sent, answered, ended, seconds, names, packets, lost, masked, parties = row
    begun = int(str(sent))
    return Recorded(
        record=str(record),
        names=frozenset(filter(None, str(names).split("\n"))),
        started=begun * 1000,
        ended=int(str(ended)) * 1000,
        length_ms=max(int(str(seconds)), 0) * 1000
        or max(int(str(ended)) - (int(str(answered)) or begun), 0) * 1000,
        addresses=frozenset(msgspec.json.decode(str(parties), type=list[str])),
        packets=int(str(packets)),
        lost=int(str(lost)),
        masked_ms=int(str(masked)),
    )
