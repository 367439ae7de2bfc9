"""Fields under any name become an account: the names that switches use, or those of a mapping.

Files are read without any power: XML without entities, JSON and CSV within bounds. What is odd in one row
costs that row, and is named.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

import msgspec

from muniment.capture.calls.spool.account import Account, caller_id, direction, moment, seconds
from muniment.core.errors import WrongUseError
from muniment.core.phone_numbers import is_extension

LARGEST_FILE = 64 * 1024 * 1024  # bytes of a file of accounts
MOST_FIELDS = 400  # of one account
_UNANSWERED = frozenset({"no answer", "noanswer", "no_answer", "busy", "failed", "missed", "cancelled", "canceled", "congestion", "unanswered", "abandoned"})  # fmt: skip

NAMES: Mapping[str, tuple[str, ...]] = {
    "answered": ("answered", "answer", "answer_time", "answertime", "answer_stamp", "answer_epoch", "connected", "answered_at"),
    "call": ("call", "uniqueid", "unique_id", "call_id", "callid", "call-id", "uuid", "id", "call_uuid", "recordingid", "recording_id"),
    "called": ("called", "to", "dst", "destination", "callee", "called_number", "destination_number", "dialled", "dialed", "did", "to_number", "callee_id_number", "receiver"),
    "called_name": ("called_name", "to_name", "callee_name", "dst_cnam", "destination_name"),
    "caller": ("caller", "from", "src", "source", "caller_number", "calling_number", "caller_id_number", "ani", "cli", "from_number", "calleridnum"),
    "caller_name": ("caller_name", "from_name", "caller_id_name", "cnam", "calleridname", "source_name"),
    "direction": ("direction", "call_direction", "calldirection", "call_type", "calltype", "type"),
    "disposition": ("disposition", "status", "result", "call_status", "outcome", "hangup_cause"),
    "ended": ("ended", "end", "end_time", "endtime", "end_stamp", "end_epoch", "stop", "finished", "enddatetime", "end_date"),
    "extension": ("extension", "ext", "agent_extension", "user_extension", "cnum", "agent"),
    "group": ("group", "linkedid", "linked_id", "global_id", "global_call_id", "conversation_id", "correlation_id", "session_id"),
    "queue": ("queue", "queue_name", "cc_queue", "skill", "hunt_group", "ring_group"),
    "recording": ("recording", "recordingfile", "recording_file", "filename", "file", "file_name", "record_path", "audio", "path", "recording_path"),
    "seconds": ("seconds", "billsec", "duration", "talk_time", "talktime", "length", "call_duration", "duration_seconds"),
    "started": ("started", "start", "start_time", "starttime", "start_stamp", "start_epoch", "calldate", "date", "time", "datetime", "timestamp", "created", "startdatetime", "start_date", "call_date"),
}  # fmt: skip
"""By field, the names under which switches write it, in small letters; the first that has a value counts."""

FIELDS = tuple(NAMES)


class Mapped(msgspec.Struct, frozen=True):
    """How one switch names its fields. `columns` go from our fields to its names, empty for none; the rest is by habit."""

    columns: dict[str, str] = {}
    zone: str = "Europe/London"
    directions: dict[str, str] = {}
    """From its words for a direction, in small letters, to inbound, outbound or internal."""
    region: str = ""
    """The country of numbers that name none; GB where empty."""

    def zone_info(self) -> ZoneInfo:
        """The zone of times that name none; WrongUseError where there is no such zone."""
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise WrongUseError(
                f"There is no time zone {self.zone!r}.", remedy="Write Europe/London."
            ) from error


def value(fields: Mapping[str, str], name: str, mapped: Mapped) -> str:
    """What stands under one of our names; `fields` have names in small letters."""
    if (column := mapped.columns.get(name)) is not None:
        return fields.get(column.strip().lower(), "").strip()
    return next((found for each in NAMES[name] if (found := fields.get(each, "").strip())), "")


def account_of(fields: Mapping[str, str], mapped: Mapped, origin: str) -> Account:
    """The account that these fields give; what is missing in it is among its defects."""
    lowered = {key.strip().lower(): text for key, text in fields.items()}
    found = {name: value(lowered, name, mapped) for name in FIELDS}
    zone = mapped.zone_info()
    name, number = caller_id(found["caller"]) if "<" in found["caller"] else ("", found["caller"])
    started, answered, ended = (moment(found[each], zone) for each in ("started", "answered", "ended"))
    length = seconds(found["seconds"])
    was_answered = found["disposition"].lower() not in _UNANSWERED
    if was_answered and not answered and started:
        answered = max(ended - length * 1000, started) if ended and length else started
    return Account(
        call=found["call"],
        group=found["group"],
        recording=found["recording"],
        started=started,
        answered=answered,
        ended=ended,
        seconds=length,
        caller=number,
        caller_name=found["caller_name"] or name,
        called=found["called"],
        called_name=found["called_name"],
        extension=is_extension(found["extension"]) or found["extension"],
        queue=found["queue"],
        direction=direction(found["direction"], mapped.directions),
        was_answered=was_answered,
        evidence={key: text for key, text in lowered.items() if text.strip() and not _is_left_out(key)},
        defects=() if started else ("the switch's account does not say when the call began",),
        origin=origin,
    )


def _is_left_out(key: str) -> bool:
    """Whether a field is no evidence: keys that were pressed are never kept, nor one value under two names."""
    return "." in key or "dtmf" in key or "digits" in key


def rows_of(data: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a CSV, JSON or XML file as fields; WrongUseError where it is none that can be read."""
    if len(data) > LARGEST_FILE:
        raise WrongUseError(f"{name} is larger than {LARGEST_FILE} bytes: no file of accounts.")
    text = data.decode("utf-8-sig", "replace")
    start = text.lstrip()[:1]
    if start == "<":
        return [_flat(xml_root(data, name))]
    if start in ("{", "["):
        return list(_json_rows(text, name))
    return csv_rows(text)


def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file with a line of names, whatever stands between its columns; WrongUseError else."""
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator, restval="")
    try:
        return [{str(key): item for key, item in row.items() if isinstance(item, str)} for row in reader]
    except csv.Error as error:
        raise WrongUseError("This is no CSV file that can be read.", why=f"{error}.") from error


def json_object(text: str | bytes, name: str) -> object:
    """What a JSON file says; WrongUseError where it is none."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WrongUseError(f"{name} is no JSON that can be read.") from error


def flat(found: object, prefix: str = "") -> dict[str, str]:
    """An object's values by their names, inner names alone and, joined by full stops, in full."""
    fields: dict[str, str] = {}
    for key, item in _leaves(found, prefix):
        if len(fields) >= MOST_FIELDS:
            break
        fields.setdefault(key, item)
        fields.setdefault(key.rpartition(".")[2], item)
    return fields


def xml_root(data: bytes, name: str) -> Xml.Element:
    """The root of an XML file; WrongUseError for one with entities of its own, or none at all."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WrongUseError(f"{name} declares entities of its own: it is not read.")
    try:
        return Xml.fromstring(data)  # noqa: S314 - without a document type there are no entities to expand
    except (Xml.ParseError, ValueError, LookupError, RecursionError) as error:
        raise WrongUseError(f"{name} is no XML that can be read.") from error


def _json_rows(text: str, name: str) -> Iterator[dict[str, str]]:
    found = json_object(text, name)
    if isinstance(found, dict):
        inner = next((found[each] for each in ("calls", "recordings", "records", "value", "data", "cdrs") if isinstance(found.get(each), list)), None)  # fmt: skip
        found = inner if inner is not None else [found]
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict):
            yield flat(one)


def _leaves(found: object, prefix: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, item in found.items():
            yield from _leaves(item, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(found, str | int | float) and not isinstance(found, bool):
        yield prefix, str(found)


def _flat(root: Xml.Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for element in _few(root.iter()):
        tag = element.tag.rpartition("}")[2]
        if element.text and element.text.strip():
            fields.setdefault(tag, element.text.strip())
        for key, item in element.attrib.items():
            fields.setdefault(key, item)
    return fields


def _few(elements: Iterable[Xml.Element]) -> Iterator[Xml.Element]:
    for number, element in enumerate(elements):
        if number >= MOST_FIELDS:
            return
        yield element
