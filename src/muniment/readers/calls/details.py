"""Call details: a file in which a switch or a carrier says which calls there were, without any sound."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from muniment.core.phone_numbers import DEFAULT_REGION, EXTENSION, address
from muniment.readers.calls.call import CallAddress
from muniment.readers.mail.message import Attachment

CHANNEL = "call-detail"
MOST_PARTIES = 20_000
"""Addresses of one file that a search finds it by; a month's file of a large firm has fewer."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2**34 * 1000  # ms since 1970


class ExpectedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call that a switch says there was. Times are in ms since 1970, 0 for unknown.

    `call` is the switch's name of it, `group` what its several accounts share, `recording` the recording that
    the switch says it made; `names` are further names (channels, SIP Call-IDs) that a recording may bear.
    """

    call: str = ""
    group: str = ""
    recording: str = ""
    names: tuple[str, ...] = ()
    started: int = 0
    answered: int = 0
    ended: int = 0
    caller: str = ""
    called: str = ""
    extension: str = ""
    queue: str = ""
    direction: Literal["inbound", "outbound", "internal", "unknown"] = "unknown"
    disposition: str = ""
    was_answered: bool = True
    region: str = ""
    """The country of numbers that name none; GB where empty."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Both sides and the extension, as search and links know them."""
        ours = f"{EXTENSION}{self.extension.strip().lower()}" if self.extension.strip() else ""
        region = self.region or DEFAULT_REGION
        found = [address(each, region) if each else "" for each in (self.caller, self.called)]
        return tuple(dict.fromkeys(each for each in (*found, ours) if each))


class CallList(msgspec.Struct, frozen=True):
    """What a file of call details says. `unreadable` is empty, or why nothing could be read."""

    calls: tuple[ExpectedCall, ...] = ()
    defects: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def subject(self) -> str:
        """A neutral line."""
        return f"Call details, {len(self.calls)} {'call' if len(self.calls) == 1 else 'calls'}"

    @property
    def date(self) -> datetime | None:
        """When its first call began; None where nobody knows."""
        first = min((each.started for each in self.calls if 0 < each.started < _LATEST), default=0)
        return _EPOCH + timedelta(milliseconds=first) if first else None

    @property
    def parties(self) -> tuple[CallAddress, ...]:
        """Everybody who is named in it, so that everything about a person is found."""
        found: dict[CallAddress, None] = {}
        for call in self.calls:
            for role, number in (("caller", call.caller), ("called", call.called)):
                if number and (one := address(number, call.region or DEFAULT_REGION)):
                    found[CallAddress(role, one)] = None
            if call.extension:
                found[CallAddress("agent", f"{EXTENSION}{call.extension.strip().lower()}")] = None
            if len(found) >= MOST_PARTIES:
                break
        return tuple(found)

    @property
    def text(self) -> str:
        """None: figures are no words."""
        return ""

    @property
    def message_id(self) -> str:
        """It belongs to no conversation."""
        return ""

    @property
    def references(self) -> tuple[str, ...]:
        """It answers none."""
        return ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """None."""
        return ()

    @property
    def marking(self) -> tuple[str, ...]:
        """None: nobody writes "private" on call details."""
        return ()


class _Channel(msgspec.Struct, frozen=True):
    channel: str = ""


def is_call_list(statement: bytes) -> bool:
    """Whether a record's capture statement says that it is a file of call details."""
    try:
        return msgspec.json.decode(statement, type=_Channel).channel == CHANNEL
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
