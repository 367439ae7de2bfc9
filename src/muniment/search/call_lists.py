"""A file of call details as the reading child reads it: by the mapping that its capture statement names."""

import msgspec

from muniment.capture.calls.spool import listing
from muniment.capture.calls.spool.account import Account
from muniment.capture.calls.spool.fields import Mapped
from muniment.core.errors import MunimentError
from muniment.core.row_mapping import RowMapping
from muniment.readers.calls.details import CallList, ExpectedCall

LONGEST_DISPOSITION = 40  # characters


class _Said(msgspec.Struct, frozen=True):
    mapping: RowMapping = RowMapping()
    origin: str = ""


def read_call_list(original: bytes, statement: bytes) -> CallList:
    """Which calls the file names. Never raises."""
    try:
        said = msgspec.json.decode(statement, type=_Said)
        mapping = said.mapping
        mapped = Mapped(mapping.columns, mapping.zone, mapping.directions, mapping.region)
        accounts = listing.read(original, said.origin, mapped)
    except (MunimentError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        why = error.what if isinstance(error, MunimentError) else "Its capture statement cannot be read."
        return CallList(unreadable=why)
    except Exception as error:  # noqa: BLE001  whatever a hostile file provokes, it stays a record
        return CallList(unreadable=f"It cannot be read ({type(error).__name__}).")
    odd = sum(bool(each.defects) for each in accounts)
    return CallList(
        tuple(_expected(each, mapping.region) for each in accounts),
        (f"{odd} rows do not say everything",) if odd else (),
    )


def _expected(account: Account, region: str) -> ExpectedCall:
    said = account.evidence
    disposition = next(
        (
            said[name]
            for name in ("disposition", "hangup_cause", "status", "result", "outcome")
            if name in said
        ),
        "",
    )
    ended = account.ended or (account.answered or account.started) + account.seconds * 1000
    return ExpectedCall(
        call=account.call,
        group=account.group,
        recording=account.recording,
        names=account.legs,
        started=account.started,
        answered=account.answered if account.was_answered else 0,
        ended=max(ended, account.started),
        caller=account.caller,
        called=account.called,
        extension=account.extension,
        queue=account.queue,
        direction=account.heading,
        disposition=disposition[:LONGEST_DISPOSITION],
        was_answered=account.was_answered,
        region=region,
    )
