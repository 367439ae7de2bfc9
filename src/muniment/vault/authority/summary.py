"""What a statement says, in plain words: shown before it is signed, and mailed after."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from muniment.core.errors import WrongUseError
from muniment.vault.authority.statements import (
    Action,
    AnyStatement,
    Decision,
    HoldRelease,
    LedgerRotation,
    LossAcceptance,
    OpeningAssertion,
    RegisterChange,
    RequestStatement,
    Revocation,
    Verdict,
    Warrant,
)

_LONDON = ZoneInfo("Europe/London")
_ACTIONS = {
    Action.ERASE: "destroy for ever",
    Action.EXPORT: "take out as a file",
    Action.LISTEN: "listen to",
    Action.LOCATE: "find, without reading,",
    Action.REBUILD: "let the system make its index anew from",
    Action.VIEW: "read",
}


def in_words(statement: AnyStatement) -> tuple[str, ...]:
    """The sentences that a person should read before signing."""
    return (*_sentences(statement), f"Organisation: {statement.organisation}.")


def _sentences(statement: AnyStatement) -> Sequence[str]:
    match statement:
        case Warrant():
            return _warrant(statement)
        case Decision():
            return _decision(statement)
        case RequestStatement():
            fields = (f"{name}: {value}." for name, value in statement.details.items())
            asks = f"You, {statement.person}, ask for content (request {statement.request})."
            lets = f"This lets the Data Controller look for it under warrant {statement.warrant}."
            return (asks, *fields, lets)
        case OpeningAssertion():
            return _opening(statement)
        case Revocation():
            return (
                f"You, {statement.person}, take warrant {statement.warrant} back.",
                _because(statement.reason),
            )
        case HoldRelease():
            return (f"You end the hold {statement.hold}.", _because(statement.reason))
        case RegisterChange():
            return _register(statement)
        case LedgerRotation() | LossAcceptance():
            return _shard(statement)
        case _:
            raise WrongUseError("There are no words for this statement.")


def _warrant(warrant: Warrant) -> Sequence[str]:
    if warrant.actions == (Action.REBUILD,):
        return (
            "The system may read every record once more, to make its index anew. Nobody is shown any.",
            f"It has to begin by {_moment(warrant.not_after)}.",
            f"Approved by {', '.join(warrant.approvers)}.",
        )
    actions = " and ".join(_ACTIONS[action] for action in warrant.actions)
    return (
        f"{warrant.holder} may {actions} {_records(warrant.count)} for {warrant.purpose!r}, in case {warrant.case}.",
        f"From {_moment(warrant.not_before)} to {_moment(warrant.not_after)}, at most {warrant.cap} times.",
        f"Approved by {', '.join(warrant.approvers)}.",
    )


def _decision(decision: Decision) -> Sequence[str]:
    if decision.decision is Verdict.REFUSE:
        return (f"You, {decision.person}, refuse request {decision.request}.", _because(decision.reason))
    return (
        f"You, {decision.person}, approve request {decision.request}, under {decision.clause or 'no clause'}.",
        f"This brings the warrant {decision.warrant} into force.",
        _because(decision.reason),
    )


def _opening(assertion: OpeningAssertion) -> Sequence[str]:
    return (
        f"You, {assertion.holder}, {_ACTIONS[assertion.action]} {_records(len(assertion.records))} now.",
        f"Under warrant {assertion.warrant}. Your name goes into the proof log first.",
        *assertion.records,
    )


def _register(change: RegisterChange) -> Sequence[str]:
    added = (
        f"Add {key.key} ({key.kind}) of {key.person}, which may sign as: {', '.join(sorted(key.powers)) or 'nothing'}."
        for key in change.add
    )
    removed = (f"Remove {key}. Warrants that it signed end at once." for key in change.remove)
    return (f"You make change {change.serial} of the register of signing keys.", *added, *removed)


def _shard(said: LedgerRotation | LossAcceptance) -> Sequence[str]:
    if isinstance(said, LedgerRotation):
        return (
            "You give the ledger another signing key. The present one is destroyed, and signs nothing more.",
            f"What follows stands in shard {said.shard}. What is held stays as it is.",
            _because(said.reason),
        )
    return (
        f"You let the ledger go on without entries {said.first} to {said.last}, and perhaps later ones.",
        f"They are lost: the backup {said.backup} ends before them. Everybody who checks the ledger will see that.",
        f"What follows stands in shard {said.shard}.",
    )


def _records(count: int) -> str:
    return {0: "records", 1: "one record"}.get(count, f"{count} records")


def _because(reason: str) -> str:
    return f"Reason: {reason}"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(_LONDON).strftime("%d %B %Y %H:%M")
