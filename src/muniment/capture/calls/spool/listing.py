"""The bytes of a file of call details, read into accounts: once as it comes in, and at every rebuild."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from muniment.capture.calls.spool import asterisk, freeswitch, graph, meetings
from muniment.capture.calls.spool.account import Account, moment
from muniment.capture.calls.spool.fields import Mapped, account_of, csv_rows, rows_of

OWN_TYPE = "muniment/call-details/v1"
_KEYS_PRESSED = re.compile(
    rb"(?:digits_dialed|dtmf[a-z_]*|collected_digits)\W{1,12}[0-9*#A-D]{3,}", re.IGNORECASE
)


class OwnForm(msgspec.Struct, frozen=True):
    """Accounts as we write them, where the switch's own file may not be kept."""

    accounts: tuple[Account, ...]
    type: str = OWN_TYPE


def read(data: bytes, name: str, mapped: Mapped) -> list[Account]:
    """Every call of a file; empty where it is no file of calls. WrongUseError where it cannot be read."""
    if OWN_TYPE.encode() in data[-200:]:
        return list(msgspec.json.decode(data, type=OwnForm).accounts)
    if freeswitch.looks_like(data):
        return [freeswitch.read(data, mapped, name)]
    if graph.looks_like(data):
        return graph.read(data, mapped, name)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"[") and meetings.looks_like(data):
        return []
    if start in (b"{", b"[", b"<"):
        return _good(account_of(row, mapped, name) for row in rows_of(data, name))
    text = data.decode("utf-8-sig", "replace")
    if asterisk.looks_like_cel(text):
        return events(text, mapped, name)
    if asterisk.looks_like_cdr(text) or "uniqueid" in text.partition("\n")[0].lower():
        return _good(asterisk.read_cdr(text, mapped, name))
    return _good(account_of(row, mapped, name) for row in csv_rows(text))


def tells_keys(data: bytes) -> bool:
    """Whether a file says which keys were pressed: that is never kept (REQ L16)."""
    return bool(_KEYS_PRESSED.search(data)) or _column_of_keys(data)


def without_keys(accounts: Iterable[Account]) -> bytes:
    """The accounts in a form of our own, in which no pressed key can stand."""
    return msgspec.json.encode(OwnForm(tuple(accounts)), order="sorted")


def events(text: str, mapped: Mapped, origin: str) -> list[Account]:
    """The calls of a file of Asterisk's channel events (CEL), one for each `linkedid`."""
    first = text.partition("\n")[0].lower()
    named = "eventtype" in first and "linkedid" in first
    rows = csv_rows(text) if named else asterisk.cel_rows(text)
    calls: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if row.get("linkedid"):
            calls.setdefault(row["linkedid"], []).append(row)
    return [_of_events(linked, rows, mapped, origin) for linked, rows in calls.items()]


def _of_events(linked: str, rows: list[Mapping[str, str]], mapped: Mapped, origin: str) -> Account:
    zone = mapped.zone_info()
    times = [found for row in rows if (found := moment(row.get("eventtime", ""), zone))]
    kinds = {row.get("eventtype", "") for row in rows}
    talked = (
        "BRIDGE_ENTER" if "BRIDGE_ENTER" in kinds else "BRIDGE_START" if "BRIDGE_START" in kinds else "ANSWER"
    )
    answered = [moment(row.get("eventtime", ""), zone) for row in rows if row.get("eventtype") == talked]
    caller = next((row["cidnum"] for row in rows if row.get("cidnum")), "")
    called = next(
        (row["exten"] for row in rows if row.get("exten") and row["exten"] not in ("s", "h", "i", "t")), ""
    )
    return Account(
        call=linked,
        group=linked,
        started=min(times, default=0),
        answered=min(answered, default=0),
        ended=max(times, default=0),
        caller=caller,
        called=called,
        was_answered=bool(answered),
        legs=tuple(dict.fromkeys(row["uniqueid"] for row in rows if row.get("uniqueid"))),
        evidence={"told by": "channel events"},
        origin=origin,
    )


def _good(accounts: Iterable[Account]) -> list[Account]:
    """Those that are calls: they say when, and who, or under which name."""
    return [each for each in accounts if each.started and (each.caller or each.called or each.call)]


def _column_of_keys(data: bytes) -> bool:
    head = data[:4096].decode("utf-8", "replace").partition("\n")[0].lower()
    names = re.split(r"[,;\t|]", head)
    return len(names) > 1 and any("dtmf" in each or each.strip(' "') == "digits_dialed" for each in names)
