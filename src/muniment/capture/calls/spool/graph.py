"""Microsoft Graph call records: which Teams calls there were, as `communications/callRecords` gives them.

A call record, a list of them, or the list of one call's sessions. Nothing of what was said is in them, and
no pressed key. (Microsoft Graph reference, resource types callRecord and session.)
"""

import re
from collections.abc import Iterator, Mapping

from muniment.capture.calls.spool.account import Account, moment
from muniment.capture.calls.spool.fields import Mapped, json_object

_OF_CALL = re.compile(r"callRecords\('([^']{1,80})'\)/sessions")
_MOST_ENDPOINTS = 1000


def looks_like(data: bytes) -> bool:
    """Whether a file is of call records or sessions."""
    start = data[:16_384]
    return b"callRecords" in start and b"startDateTime" in start


def read(data: bytes, mapped: Mapped, origin: str) -> list[Account]:
    """One account for each call record; for a list of sessions one for each session, all of one call."""
    found = json_object(data, origin)
    context = str(found.get("@odata.context", "")) if isinstance(found, dict) else ""
    of_call = _OF_CALL.search(context)
    rows = found.get("value", [found]) if isinstance(found, dict) else found
    good = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if of_call and "sessions(" not in context and isinstance(found, dict) and "value" in found:
        return [_session(row, of_call[1], mapped, origin) for row in good]
    if of_call and all("caller" in row for row in good):
        return [_session(row, of_call[1], mapped, origin) for row in good]
    return [_record(row, mapped, origin) for row in good]


def _record(row: Mapping[str, object], mapped: Mapped, origin: str) -> Account:
    organiser = _who(row.get("organizer") or row.get("organizer_v2"))
    people = [_who(each) for each in _listed(row.get("participants"))]
    others = [each for each in people if each != organiser and any(each)]
    sessions = _listed(row.get("sessions"))
    if sessions and not any(organiser):
        organiser = _endpoint(sessions[0].get("caller"))
    called = others[0] if others else _endpoint(sessions[0].get("callee")) if sessions else ("", "")
    started, ended = _times(row, mapped)
    kind = str(row.get("type", ""))
    return Account(
        call=str(row.get("id", "")),
        group=str(row.get("id", "")),
        started=started,
        answered=started,
        ended=ended,
        caller=organiser[0],
        caller_name=organiser[1],
        called=called[0],
        called_name=called[1],
        legs=tuple(str(each.get("id", "")) for each in sessions[:_MOST_ENDPOINTS]),
        evidence={"type": kind} if kind else {},
        origin=origin,
    )


def _session(row: Mapping[str, object], call: str, mapped: Mapped, origin: str) -> Account:
    caller, called = _endpoint(row.get("caller")), _endpoint(row.get("callee"))
    started, ended = _times(row, mapped)
    return Account(
        call=str(row.get("id", "")),
        group=call,
        started=started,
        answered=started if not row.get("failureInfo") else 0,
        ended=ended,
        caller=caller[0],
        caller_name=caller[1],
        called=called[0],
        called_name=called[1],
        was_answered=not row.get("failureInfo"),
        origin=origin,
    )


def _times(row: Mapping[str, object], mapped: Mapped) -> tuple[int, int]:
    zone = mapped.zone_info()
    return tuple(moment(_whole(str(row.get(name, ""))), zone) for name in ("startDateTime", "endDateTime"))  # type: ignore[return-value]


def _whole(text: str) -> str:
    """Graph writes seven digits of a second; a calendar here takes six."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def _endpoint(endpoint: object) -> tuple[str, str]:
    if not isinstance(endpoint, dict):
        return "", ""
    return _who(endpoint.get("identity") or endpoint.get("associatedIdentity"))


def _who(identity: object) -> tuple[str, str]:
    """Number or address, and name, of an identity set."""
    if not isinstance(identity, dict):
        return "", ""
    inner = identity.get("identity") if isinstance(identity.get("identity"), dict) else identity
    for kind in ("phone", "user", "acsUser", "guest", "application"):
        found = inner.get(kind) if isinstance(inner, dict) else None
        if isinstance(found, dict):
            named = found.get("userPrincipalName") or found.get("id") or ""
            return str(named), str(found.get("displayName") or "")
    return "", ""


def _listed(found: object) -> list[Mapping[str, object]]:
    return list(_objects(found)) if isinstance(found, list) else []


def _objects(found: list[object]) -> Iterator[Mapping[str, object]]:
    for each in found[:_MOST_ENDPOINTS]:
        if isinstance(each, dict):
            yield each
