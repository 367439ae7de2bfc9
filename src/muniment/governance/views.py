"""What other rooms see of governance: frozen values, no database rows."""

from datetime import datetime
from enum import StrEnum

import msgspec

from muniment.governance.fields import RequestFields
from muniment.governance.purposes import Purpose


class PersonName(msgspec.Struct, frozen=True):
    """A person by id and name."""

    id: str
    name: str


class RequestState(StrEnum):
    """Where a request stands."""

    DECIDING = "deciding"
    GRANTED = "granted"
    LOCATING = "locating"
    REFUSED = "refused"


class GrantState(StrEnum):
    """Whether a grant opens anything now."""

    EXPIRED = "expired"
    LIVE = "live"
    NOT_YET = "not_yet"
    REVOKED = "revoked"


class DelegationState(StrEnum):
    """Whether somebody decides in the Data Controller's place now."""

    ENDED = "ended"
    NOT_YET = "not_yet"
    OVER = "over"
    RUNNING = "running"


class DraftView(msgspec.Struct, frozen=True):
    """A request that is still being written. `missing` says what stands in the way, in words."""

    id: str
    category: str
    case: str
    purpose: str
    specifics: str
    given: dict[str, str]
    not_known: tuple[str, ...]
    about: tuple[PersonName, ...]
    actions: tuple[str, ...]
    hours: int
    changed: datetime


class DecisionView(msgspec.Struct, frozen=True):
    """One signed decision. `counts` is false for a yes to a warrant that another proposal replaced."""

    id: str
    person: PersonName
    verdict: str
    reason: str
    clause: str
    warrant: str
    decided: datetime
    ledger_sequence: int


class RequestView(msgspec.Struct, frozen=True):
    """A signed request with all that has become of it. Records are counts and ids, never content."""

    id: str
    case: str
    category: str
    title: str
    state: RequestState
    requester: PersonName
    purpose: Purpose
    specifics: str
    fields: RequestFields
    about: tuple[PersonName, ...]
    actions: tuple[str, ...]
    lines: tuple[str, ...]
    hours: int
    locator: PersonName
    locate_warrant: str
    submitted: datetime
    records: tuple[str, ...]
    private: tuple[str, ...]
    clause: str
    because: str
    seats: int
    waits_for: tuple[PersonName, ...]
    decisions: tuple[DecisionView, ...]
    grant: str
    ledger_sequence: int


class GrantView(msgspec.Struct, frozen=True):
    """A grant: who may do what with which records, for what, until when."""

    id: str
    request: str
    case: str
    case_title: str
    state: GrantState
    holder: PersonName
    approvers: tuple[PersonName, ...]
    purpose: Purpose
    actions: tuple[str, ...]
    records: tuple[str, ...]
    lines: tuple[str, ...]
    warrant: str
    not_before: datetime
    not_after: datetime
    cap: int
    revoked: datetime | None
    ledger_sequence: int
    revoked_by: str = ""
    """The name of whoever took it back, and why; empty while it stands."""
    revoked_because: str = ""


class CaseView(msgspec.Struct, frozen=True):
    """A case with the ids of its requests."""

    id: str
    title: str
    category: str
    opened: datetime
    opened_by: PersonName
    closed: datetime | None
    outcome: str
    requests: tuple[str, ...]
    ledger_sequence: int


class HoldView(msgspec.Struct, frozen=True):
    """A hold on some records. `signed_by` are those who signed its release so far."""

    id: str
    records: tuple[str, ...]
    case: str
    reason: str
    placed: datetime
    placed_by: PersonName
    released: datetime | None
    release_reason: str
    signed_by: tuple[PersonName, ...]
    ledger_sequence: int


class DelegationView(msgspec.Struct, frozen=True):
    """The Data Controller's seat lent to a person. `ended` is set only where it was ended early."""

    id: str
    delegator: PersonName
    delegate: PersonName
    classes: tuple[str, ...]
    reason: str
    begins: datetime
    ends: datetime
    state: DelegationState
    ended: datetime | None
    ended_by: str
    ledger_sequence: int


class DenialView(msgspec.Struct, frozen=True):
    """One refused attempt."""

    person: PersonName
    action: str
    resource: str
    record: str
    why: str
    denied: datetime
    ledger_sequence: int


class ActLine(msgspec.Struct, frozen=True):
    """One act in the proof log. `time` is seconds since 1970; `actor` a `per_…` id or empty."""

    sequence: int
    tag: str
    time: int
    actor: PersonName
    record: str
    warrant: str
    rule: str


class Waiting(msgspec.Struct, frozen=True):
    """What waits for one person: to look for records, to decide, to sign a hold's release, to use."""

    locate: tuple[RequestView, ...]
    decide: tuple[RequestView, ...]
    releases: tuple[HoldView, ...]
    grants: tuple[GrantView, ...]
    drafts: tuple[DraftView, ...]
