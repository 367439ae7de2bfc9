"""Meetings recorded by Teams or Zoom: their JSON beside the files (Graph `callRecording`, Zoom `recordings`)."""

from collections.abc import Iterator, Mapping

import msgspec

from muniment.capture.calls.spool.account import Account, moment, seconds
from muniment.capture.calls.spool.fields import Mapped, json_object


class Meeting(msgspec.Struct, frozen=True):
    """One recorded meeting: its account, and the names of those who were there, where they are told."""

    account: Account
    people: tuple[tuple[str, str], ...]
    """Name and mail address of each."""


def looks_like(data: bytes) -> bool:
    """Whether a JSON file tells of a recorded meeting."""
    start = data[:16_384]
    return start.lstrip().startswith((b"{", b"[")) and any(
        mark in start
        for mark in (
            b'"meetingOrganizer"',
            b'"recording_files"',
            b'"meetingId"',
            b"#microsoft.graph.callRecording",
        )
    )


def read(data: bytes, mapped: Mapped, origin: str) -> list[Meeting]:
    """Every recording that the file tells of; WrongUseError where it is no JSON."""
    found = json_object(data, origin)
    members = found if isinstance(found, dict) else {}
    listed = (
        members.get("value") or members.get("meetings") or (found if isinstance(found, list) else [found])
    )
    meetings: list[Meeting] = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            meetings += (
                _zoom(one, mapped, origin) if "recording_files" in one else [_teams(one, mapped, origin)]
            )
    return meetings


def _teams(one: Mapping[str, object], mapped: Mapped, origin: str) -> Meeting:
    zone = mapped.zone_info()
    organiser = _user(one.get("meetingOrganizer"))
    started = moment(_text(one.get("createdDateTime")), zone)
    account = Account(
        call=_text(one.get("id")),
        group=_text(one.get("callId"))
        or _text(one.get("meetingId"))
        or _text(one.get("contentCorrelationId")),
        recording=_text(one.get("fileName")) or _text(one.get("name")),
        started=started,
        answered=started,
        ended=moment(_text(one.get("endDateTime")), zone),
        caller=organiser[1],
        caller_name=organiser[0],
        evidence={
            name: text for name in ("meetingId", "contentCorrelationId") if (text := _text(one.get(name)))
        },
        origin=origin,
    )
    people = [_user(each) for each in _list(one.get("participants"))]
    return Meeting(account, tuple(dict.fromkeys(person for person in (organiser, *people) if any(person))))


def _zoom(one: Mapping[str, object], mapped: Mapped, origin: str) -> Iterator[Meeting]:
    zone = mapped.zone_info()
    host = ("", _text(one.get("host_email")))
    people = [
        (_text(each.get("name")), _text(each.get("user_email"))) for each in _list(one.get("participants"))
    ]
    for file in _list(one.get("recording_files")):
        started = moment(_text(file.get("recording_start")) or _text(one.get("start_time")), zone)
        account = Account(
            call=_text(file.get("id")),
            group=_text(one.get("uuid")) or _text(one.get("id")),
            recording=_text(file.get("file_name")) or _text(file.get("file_path")) or _text(file.get("id")),
            started=started,
            answered=started,
            ended=moment(_text(file.get("recording_end")), zone),
            seconds=seconds(_text(one.get("duration"))) * 60,
            caller=host[1],
            evidence={
                name: text for name in ("recording_type", "file_type") if (text := _text(file.get(name)))
            },
            origin=origin,
        )
        yield Meeting(account, tuple(dict.fromkeys(person for person in (host, *people) if any(person))))


def _user(found: object) -> tuple[str, str]:
    inner = found.get("user") if isinstance(found, dict) else None
    user = inner if isinstance(inner, dict) else found
    if not isinstance(user, dict):
        return "", ""
    return _text(user.get("displayName")), _text(user.get("userPrincipalName")) or _text(user.get("email"))


def _list(found: object) -> list[Mapping[str, object]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(found: object) -> str:
    return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""
