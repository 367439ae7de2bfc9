"""What is asked of the keeper about calls under way, and what it answers (see `messages`)."""

import msgspec

from muniment.vault.authority.signing import SignedStatement
from muniment.vault.live_keys import LiveHead


class Request(msgspec.Struct, frozen=True, tag=True):
    """Something asked of the keeper for one organisation, by its `org_…` id."""

    organisation: str


class AdoptCall(Request, frozen=True, tag=True):
    """The key of a kept call under way, for whoever has its head: after a crash, or an answer that was lost."""

    head: LiveHead


class Adopted(msgspec.Struct, frozen=True):
    """The key of a call under way, and whether the record that it was to become is held already."""

    key: bytes
    held: bool


class DeclineCall(Request, frozen=True, tag=True):
    """Somebody declined to be recorded: nothing of the call is kept, and the ledger says only that."""

    reason: str


class DeclareTest(Request, frozen=True, tag=True):
    """A test call will be sealed under this identifier, which no record has yet. Answer: Receipt."""

    record: bytes


class Monitor(Request, frozen=True, tag=True):
    """Listen to a call under way, under a warrant for its line. Answer, once the ledger has it: Monitoring."""

    warrant: str
    call: str
    assertion: SignedStatement


class Monitoring(msgspec.Struct, frozen=True):
    """Somebody may listen to one call until `until` (seconds since 1970), by the word `token`."""

    token: bytes
    until: int


class StopMonitoring(Request, frozen=True, tag=True):
    """The listener has left. Answer: None; the end is written when the recorder says what was heard."""

    token: bytes


class AskMonitoring(Request, frozen=True, tag=True):
    """The recorder asks what a token lets somebody hear now. Answer: Monitored; RefusedError if nothing."""

    token: bytes


class Monitored(msgspec.Struct, frozen=True):
    """One call, if it is on one of these lines. `over` says why nothing more of it is heard; empty while it is."""

    call: str
    lines: tuple[str, ...]
    until: int
    over: str = ""


class EndMonitoring(Request, frozen=True, tag=True):
    """Nothing more is given out for a token: `heard` milliseconds were. Answer: Receipt, once it is written."""

    token: bytes
    heard: int
    why: str
