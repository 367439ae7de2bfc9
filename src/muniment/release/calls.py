"""An opened call: what it is of, for the page, and its bytes, read where they are needed."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

import msgspec

from muniment.catalogue.calls import CallView, calls_of
from muniment.core.call_facts import CallFacts
from muniment.core.errors import NotAvailableError
from muniment.governance.desk import Desk
from muniment.readers.calls import Call, CallUnreadableError, vcon
from muniment.readers.calls.known import is_call, known_call, read_statement
from muniment.release.models import Reading

MOST_READ: Final = 1024 * 1024  # bytes that the keeper gives at once
_SUFFIXES: Final = {"siprec": "mncall", "vcon": "vcon.json"}


class Opened:
    """The original bytes of an open record as a `readers.calls.source.Source`."""

    def __init__(self, desk: Desk, reading: Reading) -> None:
        self._desk = desk
        self._session = bytes(reading.session)
        self._size = reading.length

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from `offset` on; NotAvailableError where the keeper ended the opening."""
        end = min(offset + length, self._size)
        found = bytearray()
        while offset + len(found) < end:
            at = offset + len(found)
            piece = self._desk.read(self._session, at, min(MOST_READ, end - at))
            if not piece:
                raise NotAvailableError(
                    "The keeper ended the opening early.", remedy="Open the record again."
                )
            found += piece
        return bytes(found)


def opened(statement: bytes, record: str, organisation: str, whole: Callable[[], bytes]) -> Call | None:
    """What an opened record is of; None where it is no call. `whole` is asked only of a vCon."""
    if not is_call(statement):
        return None
    call, said = known_call(statement), read_statement(statement)
    if said is not None and said.form == "vcon" and said.call is None:
        try:
            found = vcon.read(whole(), said.region)
            call = msgspec.structs.replace(
                call, facts=found.facts, text=found.text, mails=found.mails, defects=found.facts.defects
            )
        except CallUnreadableError as error:
            call = msgspec.structs.replace(call, unreadable=str(error))
    if (detail := calls_of(organisation, [record]).get(record)) is not None:
        facts = _with_evidence(call.facts, detail)
        call = msgspec.structs.replace(call, facts=facts, seconds=detail.seconds, sound=detail.sound)
    return call


def _with_evidence(facts: CallFacts, detail: CallView) -> CallFacts:
    """What was heard in the sound when the record came in: its statement, sealed before, cannot say it."""
    if facts.notice.state == "unknown" and detail.evidence.state != "unknown":
        facts = msgspec.structs.replace(facts, notice=detail.evidence)
    if facts.staff and facts.staff.tones < 0 <= detail.tones:
        facts = msgspec.structs.replace(facts, staff=msgspec.structs.replace(facts.staff, tones=detail.tones))
    return facts


def with_heard(facts: CallFacts, organisation: str, record: str) -> CallFacts:
    """The facts of a recording with what was heard in its sound when it came in, as the catalogue has it."""
    detail = calls_of(organisation, [record]).get(record)
    return _with_evidence(facts, detail) if detail is not None else facts


def suffix(statement: bytes) -> str:
    """The end of the name under which an original leaves."""
    said = read_statement(statement)
    if said is None:
        return "eml"
    kind = PurePosixPath(said.origin).suffix.lstrip(".").lower()
    return _SUFFIXES.get(said.form) or (kind if kind.isalnum() else "bin")
