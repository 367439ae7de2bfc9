"""What the tags of the proof log mean, as a page writes them."""

from typing import Final

from muniment.core.tags import EventTag

WORDS: Final = {
    EventTag.ACCESS_DENIED: "Attempt refused",
    EventTag.ACCESS_ENDED: "Access ended",
    EventTag.ANNOUNCEMENT_ENDED: "Recording notice ended",
    EventTag.ANNOUNCEMENT_PUBLISHED: "Recording notice published",
    EventTag.AWARENESS_ACKNOWLEDGED: "Told what is recorded",
    EventTag.BACKUP_BEGUN: "Backup begun",
    EventTag.BACKUP_RESTORED: "Backup restored",
    EventTag.CALLS_RECONCILED: "Calls held against the switch's account",
    EventTag.CALL_DECLINED: "Call declined, nothing kept",
    EventTag.CALL_MAPPING_RETIRED: "Mapping of a switch's file retired",
    EventTag.CALL_MAPPING_SAVED: "Columns of a switch's file mapped",
    EventTag.CALL_SILENCED: "Silence on a call begun or ended",
    EventTag.CALL_TESTED: "Test call announced",
    EventTag.CASE_CLOSED: "Case closed",
    EventTag.CASE_OPENED: "Case opened",
    EventTag.CONSULTATION_RECORDED: "View given",
    EventTag.CONTRACT_ATTESTED: "Contract attested",
    EventTag.DAMAGE_FOUND: "Damage found",
    EventTag.DECISION_SIGNED: "Decision signed",
    EventTag.DELEGATION_ENDED: "Delegation ended",
    EventTag.DELEGATION_MADE: "Delegation made",
    EventTag.DOMAIN_ASSIGNED: "Mail domain assigned",
    EventTag.DOMAIN_ENDED: "Mail domain ended",
    EventTag.EPOCH_TURNED: "Locking keys turned",
    EventTag.GENESIS: "Organisation founded",
    EventTag.HOLD_PLACED: "Hold placed",
    EventTag.HOLD_RELEASED: "Hold released",
    EventTag.KEY_SOURCE_CHANGED: "Guard of the master key changed",
    EventTag.LEDGER_VERIFIED: "Ledger verified",
    EventTag.LINKS_ENDED: "Sign-in links ended",
    EventTag.LINK_MADE: "Sign-in link made",
    EventTag.LISTENING_ATTENDED: "Recording played to somebody",
    EventTag.MATRIX_ADOPTED: "Approval rules adopted",
    EventTag.MONITOR_ENDED: "Listening to a call in progress ended",
    EventTag.MONITOR_STARTED: "Listening to a call in progress begun",
    EventTag.NOTICE_REASON_GIVEN: "Reason given for a missing notice",
    EventTag.ORGANISATION_PROTECTED: "Own passphrase of the organisation changed",
    EventTag.ORGANISATION_UNLOCKED: "Organisation unlocked",
    EventTag.PACK_COMPACTED: "Space of erased records freed",
    EventTag.PASSPHRASE_CHANGED: "Passphrase changed",
    EventTag.PASSPHRASE_RECOVERED: "Passphrase recovered",
    EventTag.PASSWORD_RESET: "Password set by link",
    EventTag.PERSON_ADDED: "Person added",
    EventTag.POLICY_ACCEPTED: "Policy accepted",
    EventTag.POLICY_PUBLISHED: "Policy published",
    EventTag.RECORDS_CHOSEN: "Records chosen",
    EventTag.RECORDS_EXAMINED: "Records read by the system",
    EventTag.RECORDS_SAMPLED: "Sample tried with its keys",
    EventTag.RECORD_ERASED: "Record erased",
    EventTag.RECORD_MARKED_PRIVATE: "Record marked private",
    EventTag.RECORD_OPENED: "Record opened",
    EventTag.RECORD_REDACTED: "Redacted copy made",
    EventTag.RECOVERY_REHEARSED: "Recovery rehearsed",
    EventTag.REGISTER_CHANGED: "Signing keys changed",
    EventTag.REQUEST_SUBMITTED: "Request made",
    EventTag.ROLE_CHANGED: "Role changed",
    EventTag.SEARCH_MADE: "Search made",
    EventTag.SECOND_PERSON_TOLD: "Second person told",
    EventTag.SHARD_FROZEN: "Part of the ledger closed",
    EventTag.SHARD_OPENED: "Part of the ledger begun",
    EventTag.SIGN_IN_FAILED: "Sign-in failed",
    EventTag.SIGN_IN_MADE: "Signed in",
    EventTag.WARRANT_ADMITTED: "Grant in force",
    EventTag.WARRANT_REVOKED: "Grant taken back",
}


def act_words(tag: str) -> str:
    """The tag in words; the tag itself where it has none."""
    return WORDS.get(EventTag(tag), tag) if tag in set(EventTag) else tag


def kinds() -> tuple[tuple[str, str], ...]:
    """Every tag with its words, in the order of the words: for a list to choose from."""
    return tuple(sorted(((str(tag), words) for tag, words in WORDS.items()), key=lambda pair: pair[1]))


ATTEMPTS: Final = {
    "adoptPack": "change the approval rules",
    "ask": "ask for records",
    "choose": "choose records",
    "closeCase": "close a case",
    "compress": "keep recordings as Opus",
    "consult": "give a view",
    "decide": "decide a request",
    "delegate": "delegate a right",
    "erase": "erase",
    "excise": "take stretches out",
    "export": "take a copy",
    "listen": "listen",
    "locate": "search",
    "monitor": "listen to a call in progress",
    "placeHold": "place a hold",
    "releaseHold": "release a hold",
    "revoke": "take a grant back",
    "see_page": "see a page",
    "view": "read",
}


def attempt_words(action: str) -> str:
    """What somebody tried who was refused; the action's own name where it has no words."""
    return ATTEMPTS.get(action, action).capitalize()
