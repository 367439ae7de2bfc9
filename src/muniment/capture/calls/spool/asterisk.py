"""Asterisk and FreePBX: CDR and CEL as CSV, and the names that MixMonitor recordings bear.

CDR columns as `cdr_csv` writes them without a line of names (Asterisk, configs/samples/cdr.conf), or by
name as FreePBX exports them. CEL columns in the order of the samples, or by name. `linkedid` joins the
channels of one call.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from muniment.capture.calls.spool.account import Account, caller_id, moment
from muniment.capture.calls.spool.fields import Mapped, account_of, csv_rows

CDR_COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount",
    "linkedid", "sequence", "recordingfile",
)  # fmt: skip
FEWEST_CDR_COLUMNS = 16
CEL_COLUMNS = (
    "eventtype", "eventtime", "cidname", "cidnum", "ani", "rdnis", "dnid", "exten", "context", "channame",
    "appname", "appdata", "amaflags", "accountcode", "uniqueid", "linkedid", "peer", "userfield", "peeraccount",
    "extra",
)  # fmt: skip
_EVENTS = frozenset(
    {"CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "BRIDGE_ENTER", "BRIDGE_START", "LINKEDID_END"}
)
_CHANNEL = re.compile(r"(?:PJSIP|SIP|IAX2|Local)/([^-@/]+)(?:@[^-]*)?-[0-9a-f]+", re.IGNORECASE)
# type-called-caller-20260301-101112-1772359872.15.wav, as FreePBX's macro names it; q- and rg- name a queue.
_NAME = re.compile(
    r"(?P<kind>[a-z]+)-(?P<called>[^-]+)-(?P<caller>[^-]+)-(?P<at>\d{8}-\d{6})-(?P<call>\d{9,11}\.\d+)"
)
_UNIQUE = re.compile(r"\d{9,11}\.\d+")
_KINDS: Mapping[str, str] = {"external": "in", "in": "in", "out": "out", "internal": "internal", "exten": "internal", "q": "in", "rg": "in"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cel:
    """What the channel events of one call add: its channels, transfers and times on hold."""

    channels: tuple[str, ...]
    holds: tuple[tuple[int, int], ...]
    transferred: bool
    parked: bool


def looks_like_cdr(text: str) -> bool:
    """Whether a CSV file is a CDR file without a line of names."""
    row = _first(text)
    return FEWEST_CDR_COLUMNS <= len(row) <= len(CDR_COLUMNS) and bool(moment(row[9], Mapped().zone_info()))


def looks_like_cel(text: str) -> bool:
    """Whether a CSV file is of channel events."""
    row = _first(text)
    return bool(row) and (row[0] in _EVENTS or {"eventtype", "linkedid"} <= {one.lower() for one in row})


def read_cdr(text: str, mapped: Mapped, origin: str) -> list[Account]:
    """The accounts of a CDR file, one for each row."""
    named = "uniqueid" in text.partition("\n")[0].lower() and not looks_like_cdr(text)
    rows = csv_rows(text) if named else [dict(zip(CDR_COLUMNS, row, strict=False)) for row in _rows(text)]
    return [_account(row, mapped, origin) for row in rows if any(row.values())]


def read_cel(text: str, mapped: Mapped) -> dict[str, Cel]:
    """What channel events say of each call, by its `linkedid`."""
    first = _first(text)
    named = {"eventtype", "linkedid"} <= {one.lower() for one in first}
    rows = csv_rows(text) if named else [dict(zip(CEL_COLUMNS, row, strict=False)) for row in _rows(text)]
    calls: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if row.get("linkedid"):
            calls.setdefault(row["linkedid"], []).append(row)
    return {linked: _events(events, mapped) for linked, events in calls.items()}


def with_events(accounts: Iterable[Account], events: Mapping[str, Cel]) -> list[Account]:
    """Accounts, each with what channel events add to it."""
    found = []
    for account in accounts:
        cel = events.get(account.group or account.call)
        if cel is not None:
            extra = {"transferred": "yes"} if cel.transferred else {}
            extra |= {"parked": "yes"} if cel.parked else {}
            account = msgspec.structs.replace(  # noqa: PLW2901 - the same account, fuller
                account, legs=cel.channels, holds=cel.holds, evidence={**account.evidence, **extra}
            )
        found.append(account)
    return found


def named(stem: str, mapped: Mapped, origin: str) -> Account | None:
    """What the name of a recording tells by itself; None where it is no name of MixMonitor's."""
    match = _NAME.fullmatch(stem)
    if match is None:
        return None
    kind, called = match["kind"], match["called"]
    started = moment(match["at"], mapped.zone_info())
    return Account(
        call=match["call"],
        started=started,
        answered=started,
        caller=match["caller"],
        called="" if kind in ("q", "rg") else called,
        queue=called if kind in ("q", "rg") else "",
        direction={"in": "inbound", "out": "outbound", "internal": "internal"}.get(
            _KINDS.get(kind, ""), "unknown"
        ),  # type: ignore[arg-type]
        evidence={"recording name": stem},
        defects=("only the recording's name tells of this call: no account of the switch was found",),
        origin=origin,
    )


def unique_id(stem: str) -> str:
    """The last `uniqueid` in the name of a recording; empty where there is none."""
    found = _UNIQUE.findall(stem)
    return found[-1] if found else ""


def _account(row: Mapping[str, str], mapped: Mapped, origin: str) -> Account:
    account = account_of(row, mapped, origin)
    name, number = caller_id(row.get("clid", ""))
    channel = _CHANNEL.fullmatch(row.get("dstchannel", "").strip())
    caller = _CHANNEL.fullmatch(row.get("channel", "").strip())
    extension = channel[1] if channel and channel[1].isdigit() else ""
    return msgspec.structs.replace(
        account,
        caller=account.caller or number,
        caller_name=account.caller_name or name,
        extension=account.extension or extension or (caller[1] if caller and caller[1].isdigit() else ""),
        queue=account.queue
        or (row.get("lastdata", "").partition(",")[0] if row.get("lastapp") == "Queue" else ""),
    )


def _events(events: Sequence[Mapping[str, str]], mapped: Mapped) -> Cel:
    zone = mapped.zone_info()
    kinds = [event.get("eventtype", "") for event in events]
    holds: list[tuple[int, int]] = []
    begun = 0
    for event in events:
        at = moment(event.get("eventtime", ""), zone)
        if event.get("eventtype") == "HOLD":
            begun = at
        elif event.get("eventtype") == "UNHOLD" and begun:
            holds.append((begun, at))
            begun = 0
    return Cel(
        channels=tuple(dict.fromkeys(event.get("uniqueid", "") for event in events if event.get("uniqueid"))),
        holds=tuple(holds),
        transferred=any("TRANSFER" in kind for kind in kinds),
        parked="PARK_START" in kinds,
    )


def _first(text: str) -> list[str]:
    return next(iter(_rows(text[:20_000])), [])


def _rows(text: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text)) if row]
    except csv.Error:
        return []
