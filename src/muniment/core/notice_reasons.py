"""Why a call carries no recording notice: a short list of codes, so that a report can count them (REQ 020)."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from muniment.core.call_facts import NoticeEvidence

type NoNotice = Literal[
    "",
    "agent-told",
    "call-out",
    "cannot-hear",
    "emergency-line",
    "given-in-contract",
    "given-in-writing",
    "internal-line",
    "switch-cannot",
    "switch-failed",
]


class NoticeReason(msgspec.Struct, frozen=True):
    """One code: what it says of the notice, and in words for people."""

    state: Literal["not-feasible", "not-required"]
    words: str


REASONS: Mapping[str, NoticeReason] = {
    "agent-told": NoticeReason("not-required", "Whoever spoke for us said it at the beginning of the call"),
    "call-out": NoticeReason(
        "not-feasible", "We called, and the switch plays nothing into calls that we make"
    ),
    "cannot-hear": NoticeReason("not-feasible", "The other side could not hear it; they were told otherwise"),
    "emergency-line": NoticeReason("not-feasible", "An emergency line: nothing may delay the call"),
    "given-in-contract": NoticeReason("not-required", "It stands in the contract with the other side"),
    "given-in-writing": NoticeReason("not-required", "The other side was told in writing beforehand"),
    "internal-line": NoticeReason(
        "not-required", "Both sides are staff, who are told by the page of recording"
    ),
    "switch-cannot": NoticeReason("not-feasible", "The switch of this line cannot play a notice"),
    "switch-failed": NoticeReason("not-feasible", "The switch should have played it and did not"),
}


def evidence(code: str) -> NoticeEvidence:
    """What a call says of its notice for which a code stands."""
    return NoticeEvidence(REASONS[code].state, reason=code)
