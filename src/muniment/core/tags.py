"""What the ledger's action entries can say happened, as `source:subject:action`, in order."""

from enum import StrEnum

BROKEN_OFF = "broken-off"
"""The rule of an order of erasure without a warrant: for a segment whose record did not come within a day."""


class EventTag(StrEnum):
    """The tag of an action entry. It stands in clear, so that an auditor without keys can count."""

    ACCESS_DENIED = "governance:access:denied"
    ACCESS_ENDED = "people:access:ended"
    BACKUP_BEGUN = "vault:backup:begun"
    BACKUP_RESTORED = "vault:backup:restored"
    CASE_CLOSED = "governance:case:closed"
    CASE_OPENED = "governance:case:opened"
    CONSULTATION_RECORDED = "governance:consultation:recorded"
    CONTRACT_ATTESTED = "people:contract:attested"
    DECISION_SIGNED = "governance:decision:signed"
    DELEGATION_ENDED = "governance:delegation:ended"
    DELEGATION_MADE = "governance:delegation:made"
    DOMAIN_ASSIGNED = "people:domain:assigned"
    DOMAIN_ENDED = "people:domain:ended"
    EPOCH_TURNED = "vault:epoch:turned"
    GENESIS = "vault:organisation:created"
    HOLD_PLACED = "governance:hold:placed"
    HOLD_RELEASED = "governance:hold:released"
    LINKS_ENDED = "people:links:ended"
    LINK_MADE = "people:link:made"
    MATRIX_ADOPTED = "governance:matrix:adopted"
    PACK_COMPACTED = "vault:pack:compacted"
    PASSPHRASE_CHANGED = "vault:passphrase:changed"  # noqa: S105  the name of an event
    PASSPHRASE_RECOVERED = "vault:passphrase:recovered"  # noqa: S105  the same
    PASSWORD_RESET = "people:password:reset"  # noqa: S105  the same
    PERSON_ADDED = "people:person:added"
    POLICY_ACCEPTED = "people:policy:accepted"
    POLICY_PUBLISHED = "people:policy:published"
    RECORDS_CHOSEN = "governance:records:chosen"
    RECORDS_EXAMINED = "vault:records:examined"
    RECORD_ERASED = "vault:record:erased"
    RECORD_MARKED_PRIVATE = "catalogue:record:marked_private"
    RECORD_OPENED = "vault:record:opened"
    REGISTER_CHANGED = "vault:register:changed"
    REQUEST_SUBMITTED = "governance:request:submitted"
    ROLE_CHANGED = "people:role:changed"
    SEARCH_MADE = "search:records:located"
    SECOND_PERSON_TOLD = "governance:second_person:told"
    SIGN_IN_FAILED = "people:sign_in:failed"
    SIGN_IN_MADE = "people:sign_in:made"
    WARRANT_ADMITTED = "vault:warrant:admitted"
    WARRANT_REVOKED = "vault:warrant:revoked"
