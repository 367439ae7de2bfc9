"""The floor: what the keeper demands of every warrant, whatever an organisation's policy says.

Bringing a warrant into force (`check_admission`):

1. It names this organisation, and holds one or more actions; locating, rebuilding and monitoring stand alone.
2. Its time box is a box, and is not over.
3. Its count and root are those of the frozen record list; a warrant to locate or rebuild lists none, and
   one to monitor names a few lines instead, for at most fourteen days.
4. Those who signed are exactly the approvers that it names, each once.
5. Each signature is made by a registered key of that person, over a yes that names this warrant.
6. Each signer's key has the power to decide (to locate, a requester's power is enough), and the
   holder's the power to request; only a Data Controller locates.
7. Nobody signs for themselves, save a Data Controller in a case of a subject's right.
8. Two different persons sign for bulk export, for erasure, for taking stretches out of a recording, for keeping
   a recording as Opus instead, and for records marked private.

Using it (`check_use`):

9. It is in force: admitted, not revoked, and every key that signed it is still in the register.
10. The time is inside its box.
11. It allows this action, on this record, and its cap is not used up.
12. The holder's own assertion, at most thirty minutes old, names this warrant, record (or call) and action.
13. A record that was marked private since then still takes two signers.

Beside warrants: a hold ends, and the register changes, on two persons' signatures over one text
(`check_pair`). The keeper itself sees to the rest: a warrant is admitted once, an assertion opens a
record once, nothing held is erased, an opening is in the ledger before anything is decrypted.

Sources: REQ 040, 041, 044; UK GDPR article 5(1)(f).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from muniment.core import ids, merkle
from muniment.core.errors import RefusedError
from muniment.core.ids import RecordId
from muniment.vault.authority.register import Power, Register, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, verify
from muniment.vault.authority.statements import (
    SUBJECT_RIGHT,
    Action,
    Decision,
    OpeningAssertion,
    RequestStatement,
    Verdict,
    Warrant,
    lines_of,
    read,
    read_any,
    warrant_hash,
)

LONGEST_ASSERTION = 30 * 60  # seconds
CLOCK_SKEW = 2 * 60  # seconds by which a signer's clock may run ahead of ours
TWO_PERSONS = 2
MOST_LINES = 20  # of one warrant to monitor
LONGEST_MONITORING = 14 * 24 * 3600  # seconds of its box
_ALONE = (Action.LOCATE, Action.MONITOR, Action.REBUILD)
_DECIDERS = frozenset({Power.DECIDE, Power.CONTROLLER})
_REQUESTERS = frozenset({Power.REQUEST, Power.CONTROLLER})


@dataclass(frozen=True)
class Admitted:
    """A warrant that stands above the floor, with its frozen records and the keys that signed it."""

    hash: str
    warrant: Warrant
    records: frozenset[RecordId]
    signers: tuple[RegisteredKey, ...]

    @property
    def persons(self) -> frozenset[str]:
        """The different persons who signed."""
        return frozenset(key.person for key in self.signers)

    @property
    def demo(self) -> bool:
        """Whether any signature is a demo's software key's."""
        return any(key.demo for key in self.signers)

    @property
    def holder_signed(self) -> bool:
        """Whether the exception of rule 7 was used: a second person must be told."""
        return self.warrant.holder in self.persons


def check_admission(
    text: bytes,
    approvals: Sequence[SignedStatement],
    records: Iterable[RecordId],
    *,
    organisation: str,
    register: Register,
    private: Collection[RecordId],
    now: int,
) -> Admitted:
    """The warrant in `text`, if it stands above the floor; RefusedError names the rule that it breaks."""
    warrant, listed = read(Warrant, text), frozenset(records)
    _check_shape(warrant, organisation)
    if warrant.not_before > warrant.not_after or now > warrant.not_after:
        raise _refusal(2, "The warrant's time is over, or is no span of time.")
    _check_records(warrant, listed)
    _check_lines(warrant)
    signers = _check_signatures(warrant, warrant_hash(text), approvals, register, now)
    _check_powers(warrant, signers, register)
    admitted = Admitted(warrant_hash(text), warrant, listed, signers)
    if admitted.holder_signed and not _may_sign_own(warrant, signers):
        raise _refusal(7, f"{warrant.holder} cannot approve their own warrant.")
    if _takes_two(warrant) or not listed.isdisjoint(private):
        _check_two(admitted, 8)
    return admitted


def check_standing(admitted: Admitted, register: Register, *, revoked: bool, now: int) -> None:
    """Rules 9 and 10: the warrant is in force now."""
    if revoked:
        raise _refusal(9, "The warrant was revoked.")
    for key in admitted.signers:
        if register.keys.get(key.key) != key:
            raise _refusal(9, f"The key {key.key}, which signed the warrant, is no longer registered.")
    if not admitted.warrant.not_before <= now <= admitted.warrant.not_after:
        early = now < admitted.warrant.not_before
        raise _refusal(10, "The warrant is not valid yet." if early else "The warrant has expired.")


def check_use(
    admitted: Admitted,
    assertion: SignedStatement,
    *,
    action: Action,
    record: RecordId | None,
    used: int,
    register: Register,
    private: Collection[RecordId],
    now: int,
    call: str = "",
) -> RegisteredKey:
    """Rules 11 to 13 for a warrant that stands; gives the holder's key.

    `record` is None for locating and monitoring; `call` is what is monitored.
    """
    if action not in admitted.warrant.actions:
        raise _refusal(11, f"The warrant does not allow to {action}.")
    if record is not None and record not in admitted.records:
        raise _refusal(11, "The record is not on the warrant's list.")
    if used >= admitted.warrant.cap:
        raise _refusal(11, f"The warrant's {admitted.warrant.cap} uses are used up.")
    key = _check_assertion(admitted, assertion, action, record, register, now, call)
    if record in private:
        _check_two(admitted, 13)
    return key


def check_pair(
    text: bytes, signatures: Sequence[SignedStatement], powers: Collection[Power], register: Register
) -> tuple[RegisteredKey, ...]:
    """Two different persons with one of these powers have signed exactly this text."""
    keys = tuple(verify(signed, register) for signed in signatures)
    if any(signed.statement != text for signed in signatures):
        raise RefusedError("A signature stands under another text.")
    if any(key.powers.isdisjoint(powers) for key in keys):
        raise RefusedError(
            "A signer has not the power for this.", why=f"It takes one of: {', '.join(sorted(powers))}."
        )
    if len({key.person for key in keys}) < TWO_PERSONS:
        raise RefusedError("This takes the signatures of two different persons.")
    return keys


def _check_shape(warrant: Warrant, organisation: str) -> None:
    if warrant.organisation != organisation:
        raise _refusal(1, f"The warrant is for {warrant.organisation}, not for this organisation.")
    if not warrant.actions or (len(warrant.actions) > 1 and any(a in _ALONE for a in warrant.actions)):
        raise _refusal(1, "The warrant's actions do not go together.")
    if Action.COMPRESS in warrant.actions and len(warrant.actions) > 1:
        raise _refusal(1, "A warrant to keep recordings as Opus allows nothing else.")
    if warrant.cap < 1:
        raise _refusal(1, "The warrant allows no use at all.")


def _check_records(warrant: Warrant, listed: frozenset[RecordId]) -> None:
    if warrant.count != len(listed) or warrant.root != merkle.root_of_records(listed).hex():
        raise _refusal(3, "The records are not those that the warrant was signed for.")
    if bool(listed) == (warrant.actions[0] in _ALONE):
        raise _refusal(3, "A warrant for content lists records; one to locate or rebuild lists none.")


def _check_lines(warrant: Warrant) -> None:
    lines = lines_of(warrant)
    if bool(lines) != (Action.MONITOR in warrant.actions) or len(lines) > MOST_LINES or not all(lines):
        raise _refusal(3, "A warrant to monitor, and no other, names lines: at most twenty.")
    if lines and warrant.not_after - warrant.not_before > LONGEST_MONITORING:
        raise _refusal(3, "Calls are monitored for fourteen days at most under one warrant.")


def _check_signatures(
    warrant: Warrant, name: str, approvals: Sequence[SignedStatement], register: Register, now: int
) -> tuple[RegisteredKey, ...]:
    signed_by = sorted(approval.person for approval in approvals)
    if not signed_by or signed_by != sorted(warrant.approvers):
        raise _refusal(4, "Those who signed are not the approvers that the warrant names.")
    keys = []
    for approval in approvals:
        keys.append(verify(approval, register))
        statement = read_any(approval.statement)
        if not isinstance(statement, Decision | RequestStatement):
            raise _refusal(5, "An approval is neither a decision nor a request.")
        if isinstance(statement, Decision):
            agrees = statement.decision is Verdict.APPROVE
        else:
            agrees = warrant.actions == (Action.LOCATE,)
        named = (statement.organisation, statement.warrant, statement.person)
        if not agrees or named != (warrant.organisation, name, approval.person):
            raise _refusal(5, f"What {approval.person} signed is no yes to this warrant.")
        if not statement.time <= min(now + CLOCK_SKEW, warrant.not_after):
            raise _refusal(5, f"What {approval.person} signed is dated in the future.")
    return tuple(keys)


def _check_powers(warrant: Warrant, signers: Sequence[RegisteredKey], register: Register) -> None:
    enough = _DECIDERS | {Power.REQUEST} if warrant.actions == (Action.LOCATE,) else _DECIDERS
    for key in signers:
        if key.powers.isdisjoint(enough):
            raise _refusal(6, f"{key.person}'s key has not the power to approve this.")
    needed = frozenset({Power.CONTROLLER}) if warrant.actions == (Action.LOCATE,) else _REQUESTERS
    if warrant.actions != (Action.REBUILD,) and not any(
        warrant.holder in register.persons(power) for power in needed
    ):
        raise _refusal(6, f"{warrant.holder} has no registered key with the power to hold this warrant.")


def _may_sign_own(warrant: Warrant, signers: Sequence[RegisteredKey]) -> bool:
    own = [key for key in signers if key.person == warrant.holder]
    controller = all(Power.CONTROLLER in key.powers for key in own)
    return warrant.category == SUBJECT_RIGHT and controller and warrant.actions != (Action.REBUILD,)


def _takes_two(warrant: Warrant) -> bool:
    bulk = Action.EXPORT in warrant.actions and warrant.count > 1
    return bulk or not {Action.COMPRESS, Action.ERASE, Action.EXCISE}.isdisjoint(warrant.actions)


def _check_two(admitted: Admitted, rule: int) -> None:
    if len(admitted.persons) < TWO_PERSONS:
        raise _refusal(
            rule,
            "This takes the approval of two different persons.",
            "Bulk export, erasure and records marked private do.",
        )


def _check_assertion(
    admitted: Admitted,
    signed: SignedStatement,
    action: Action,
    record: RecordId | None,
    register: Register,
    now: int,
    call: str,
) -> RegisteredKey:
    key = verify(signed, register)
    assertion = read(OpeningAssertion, signed.statement)
    warrant = admitted.warrant
    if (assertion.organisation, assertion.warrant) != (warrant.organisation, admitted.hash):
        raise _refusal(12, "The assertion is for another warrant.")
    if not signed.person == assertion.holder == warrant.holder:
        raise _refusal(12, "Only the warrant's holder can use it.")
    listed = {ids.record_bytes(text) for text in assertion.records}
    if assertion.action != action or (record not in listed if record else bool(listed)):
        raise _refusal(12, "The assertion is for another action or another record.")
    if ("" if assertion.call is msgspec.UNSET else assertion.call) != call:
        raise _refusal(12, "The assertion is for another call.")
    if not now - LONGEST_ASSERTION <= assertion.time <= now + CLOCK_SKEW:
        raise _refusal(12, "The assertion is older than thirty minutes, or dated in the future.")
    return key


def _refusal(rule: int, what: str, why: str = "") -> RefusedError:
    return RefusedError(what, why=f"{why} (Floor rule {rule}.)".strip())
