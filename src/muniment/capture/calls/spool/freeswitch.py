"""FreeSWITCH: call detail records as mod_xml_cdr and mod_json_cdr write them, one file for each leg.

Values are written as in an address (`%20`). The `b` leg of a call has no account of its own here: the name
`a_…` or the variable `direction` says which leg a file is of, and `other_legs` names the rest.
"""

from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import msgspec

from muniment.capture.calls.spool.account import Account
from muniment.capture.calls.spool.fields import Mapped, account_of, flat, json_object, xml_root

_ZERO = frozenset({"0", ""})
_NAMES: Mapping[str, str] = {  # ours, from theirs; epochs before stamps, for they name their zone
    "answered": "answer_uepoch answer_epoch",
    "call": "uuid",
    "called": "destination_number sip_to_user",
    "caller": "caller_id_number sip_from_user",
    "caller_name": "caller_id_name",
    "ended": "end_uepoch end_epoch",
    "extension": "dialed_user user_name",
    "group": "call_uuid bridge_uuid signal_bond",
    "queue": "cc_queue",
    "recording": "record_path record_name recording_file last_recording cc_record_filename",
    "seconds": "billsec",
    "started": "start_uepoch start_epoch",
}
# Not `digits_dialed`: which keys were pressed is never kept.
_KEPT = ("hangup_cause", "read_codec", "write_codec", "sip_call_id", "rtp_audio_in_mos", "rtp_audio_in_jitter_loss_rate")  # fmt: skip


def looks_like(data: bytes) -> bool:
    """Whether a file is a call detail record of FreeSWITCH."""
    start = data[:4096].lstrip()
    return (start.startswith(b"<") and b"<cdr" in start) or (
        start.startswith(b"{")
        and (b'"core-uuid"' in start or b'"channel_data"' in start or b'"switchname"' in start)
    )


def read(data: bytes, mapped: Mapped, origin: str) -> Account:
    """The account of one leg; WrongUseError where the file cannot be read."""
    fields = _from_xml(xml_root(data, origin)) if data.lstrip().startswith(b"<") else _from_json(data, origin)
    ours = {name: _one(fields, theirs) for name, theirs in _NAMES.items()}
    account = account_of({**ours, "direction": fields.get("direction", "")}, mapped, origin)
    answered = fields.get("billsec", "0") not in _ZERO or _one(fields, _NAMES["answered"]) not in _ZERO
    legs = tuple(dict.fromkeys(filter(None, (account.call, fields.get("other_legs", "")))))
    return msgspec.structs.replace(
        account,
        was_answered=answered,
        legs=legs,
        evidence={name: fields[name] for name in _KEPT if name in fields},
    )


def _one(fields: Mapping[str, str], names: str) -> str:
    return next((found for name in names.split() if (found := fields.get(name, "")) not in _ZERO), "")


def _from_xml(root: Xml.Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if element.text and element.text.strip() and not len(element):
            fields.setdefault(tag, unquote(element.text.strip()))
    other = root.find(".//originatee//uuid")
    if other is not None and other.text:
        fields["other_legs"] = other.text.strip()
    return fields


def _from_json(data: bytes, origin: str) -> dict[str, str]:
    found = json_object(data, origin)
    members = found if isinstance(found, dict) else {}
    fields = {name: unquote(text) for name, text in flat(members.get("variables", {})).items()}
    flow = members.get("callflow")
    profile = (
        flow[0].get("caller_profile", {})
        if isinstance(flow, list) and flow and isinstance(flow[0], dict)
        else {}
    )
    for name, text in flat(profile).items():
        fields.setdefault(name, unquote(text))
    return fields
