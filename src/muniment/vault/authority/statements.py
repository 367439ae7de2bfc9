"""What people sign: canonical JSON texts, each with its type, read back strictly.

A statement is the text itself: what is signed is the SHA-256 of exactly these bytes, so the builders
return bytes and `read` accepts only what a builder would have written.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from muniment.core import canonical, clock, ids, merkle
from muniment.core.errors import WrongUseError
from muniment.core.ids import Prefix
from muniment.vault.authority.register import RegisteredKey

NONCE_BYTES = 16
MOST_RECORDS_IN_ASSERTION = 50  # one page of openings; a longer list is signed in parts


class Action(StrEnum):
    """What a warrant lets its holder do with the records that it lists."""

    COMPRESS = "compress"
    ERASE = "erase"
    EXCISE = "excise"
    EXPORT = "export"
    LISTEN = "listen"
    LOCATE = "locate"
    MONITOR = "monitor"
    REBUILD = "rebuild"
    VIEW = "view"


REPLACING: Final = (Action.COMPRESS, Action.EXCISE)
"""The acts by which another record comes to stand for one, in the commit in which that is destroyed."""


class Verdict(StrEnum):
    """The two things a decision can say."""

    APPROVE = "approve"
    REFUSE = "refuse"


SUBJECT_RIGHT = "subject_right"
"""The one class of warrant that the floor knows by name: a case in which a person uses their own right."""


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A text that somebody signs. `organisation` is the `org_…` it holds for."""

    organisation: str


class Warrant(Statement, frozen=True, tag="muniment/warrant/v1", kw_only=True):
    """A grant as the keeper sees it. Times are seconds since 1970, both ends included.

    `category` is the class of the request (in the text: `class`); `root` the hex Merkle root of the
    sorted record ids; `cap` how many openings (or searches, or rebuilds, or calls heard) it allows in all.
    `lines`, of a warrant to monitor and of no other, are the lines whose calls it covers while they last.
    """

    case: str
    purpose: str
    category: str = msgspec.field(name="class")
    holder: str
    approvers: tuple[str, ...]
    actions: tuple[Action, ...]
    count: int
    root: str
    not_before: int
    not_after: int
    cap: int
    matrix: int
    nonce: str
    lines: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class Decision(Statement, frozen=True, tag="muniment/decision/v1", kw_only=True):
    """One person's yes or no to a request; a yes names the hash of the warrant it allows."""

    request: str
    warrant: str
    decision: Verdict
    reason: str
    clause: str
    person: str
    time: int


class RequestStatement(Statement, frozen=True, tag="muniment/request/v1", kw_only=True):
    """A request for content, signed by who asks; it allows the locate warrant that it names.

    `details` are the fields of the request as the person saw them, by their names.
    """

    request: str
    warrant: str
    person: str
    details: dict[str, str]
    time: int


class OpeningAssertion(Statement, frozen=True, tag="muniment/opening/v1", kw_only=True):
    """The holder's own word, minutes old, that they now use their warrant on these records.

    `call`, of an assertion to monitor and of no other, is the call under way that they listen to.
    """

    warrant: str
    holder: str
    records: tuple[str, ...]
    action: Action
    time: int
    nonce: str
    call: str | msgspec.UnsetType = msgspec.UNSET


class Revocation(Statement, frozen=True, tag="muniment/revocation/v1", kw_only=True):
    """An approver or a Data Controller takes a warrant back."""

    warrant: str
    person: str
    reason: str
    time: int


class HoldRelease(Statement, frozen=True, tag="muniment/hold-release/v1", kw_only=True):
    """Two persons end a hold; both sign this same text."""

    hold: str
    reason: str
    time: int


class RegisterChange(Statement, frozen=True, tag="muniment/register/v1", kw_only=True):
    """Two authorities add keys to the register or remove them; both sign this same text."""

    add: tuple[RegisteredKey, ...]
    remove: tuple[str, ...]
    serial: int


class LedgerRotation(Statement, frozen=True, tag="muniment/ledger-rotation/v1", kw_only=True):
    """Two authorities give the ledger another key, in shard number `shard`; both sign this same text."""

    shard: int
    reason: str
    time: int


class LossAcceptance(Statement, frozen=True, tag="muniment/loss/v1", kw_only=True):
    """Two authorities let the ledger go on after a restore that lost entries; both sign this same text.

    `backup` is the generation of keys. The last shard that it holds has `size` entries, whose root in hex is
    `root`; `first` to `last`, counted over all shards, are known to be lost. It goes on in number `shard`.
    """

    shard: int
    backup: str
    size: int
    root: str
    first: int
    last: int


type AnyStatement = (
    Warrant
    | Decision
    | RequestStatement
    | OpeningAssertion
    | Revocation
    | HoldRelease
    | RegisterChange
    | LedgerRotation
    | LossAcceptance
)


def write(statement: Statement) -> bytes:
    """The canonical text of a statement."""
    return canonical.dumps(msgspec.to_builtins(statement, order="deterministic"))


def read[T: Statement](kind: type[T], text: bytes) -> T:
    """Read a statement of one kind; WrongUseError unless the text is exactly what `write` gives."""
    return _convert(text, kind)


def read_any(text: bytes) -> AnyStatement:
    """Read a statement of any kind, by its type."""
    value: AnyStatement = _convert(text, AnyStatement.__value__)
    return value


def digest(text: bytes) -> bytes:
    """The 32 bytes that are signed: the SHA-256 of the text."""
    return hashlib.sha256(text).digest()


def warrant_hash(text: bytes) -> str:
    """How every other text names a warrant: the SHA-256 of its text, in hex."""
    return digest(text).hex()


def build_warrant(
    *,
    organisation: str,
    case: str,
    purpose: str,
    category: str,
    holder: str,
    approvers: Iterable[str],
    actions: Iterable[Action],
    records: Iterable[str],
    not_before: int,
    not_after: int,
    cap: int,
    matrix: int,
    nonce: str = "",
    lines: Iterable[str] = (),
) -> bytes:
    """Write a warrant over a frozen list of `rec_…` ids. Locate, rebuild and monitor warrants list none."""
    listed = {ids.record_bytes(record) for record in records}
    return write(
        Warrant(
            organisation=organisation,
            case=case,
            purpose=purpose,
            category=category,
            holder=holder,
            approvers=tuple(sorted(set(approvers))),
            actions=tuple(sorted(set(actions))),
            count=len(listed),
            root=merkle.root_of_records(listed).hex(),
            not_before=not_before,
            not_after=not_after,
            cap=cap,
            matrix=matrix,
            nonce=nonce or _nonce(),
            lines=tuple(sorted(set(lines))) or msgspec.UNSET,
        )
    )


def build_decision(
    *,
    organisation: str,
    request: str,
    warrant: str,
    decision: Verdict,
    reason: str,
    clause: str,
    person: str,
    time: int | None = None,
) -> bytes:
    """Write a decision. `warrant` is a warrant's hash, or empty for a refusal."""
    return write(
        Decision(
            organisation=organisation,
            request=request,
            warrant=warrant,
            decision=decision,
            reason=reason,
            clause=clause,
            person=person,
            time=_moment(time),
        )
    )


def build_request(
    *,
    organisation: str,
    request: str,
    warrant: str,
    person: str,
    details: Mapping[str, str],
    time: int | None = None,
) -> bytes:
    """Write a request. `warrant` is the hash of the locate warrant that it allows."""
    return write(
        RequestStatement(
            organisation=organisation,
            request=request,
            warrant=warrant,
            person=person,
            details=dict(details),
            time=_moment(time),
        )
    )


def build_opening(
    *,
    organisation: str,
    warrant: str,
    holder: str,
    records: Iterable[str],
    action: Action,
    time: int | None = None,
    nonce: str = "",
    call: str = "",
) -> bytes:
    """Write a holder's assertion over at most fifty `rec_…` ids; none for locating and for monitoring `call`."""
    listed = tuple(sorted(set(records)))
    if len(listed) > MOST_RECORDS_IN_ASSERTION:
        raise WrongUseError(f"An assertion names at most {MOST_RECORDS_IN_ASSERTION} records.")
    return write(
        OpeningAssertion(
            organisation=organisation,
            warrant=warrant,
            holder=holder,
            records=listed,
            action=action,
            time=_moment(time),
            nonce=nonce or _nonce(),
            call=call or msgspec.UNSET,
        )
    )


def build_revocation(
    *, organisation: str, warrant: str, person: str, reason: str, time: int | None = None
) -> bytes:
    """Write the revocation of a warrant, named by its hash."""
    return write(
        Revocation(
            organisation=organisation, warrant=warrant, person=person, reason=reason, time=_moment(time)
        )
    )


def build_hold_release(*, organisation: str, hold: str, reason: str, time: int | None = None) -> bytes:
    """Write the release of a hold, by the name under which it was placed."""
    return write(HoldRelease(organisation=organisation, hold=hold, reason=reason, time=_moment(time)))


def build_register_change(
    *, organisation: str, add: Iterable[RegisteredKey], remove: Iterable[str], serial: int
) -> bytes:
    """Write a change of the register. `serial` is one more than that of the last change."""
    return write(
        RegisterChange(organisation=organisation, add=tuple(add), remove=tuple(sorted(remove)), serial=serial)
    )


def build_rotation(*, organisation: str, shard: int, reason: str, time: int | None = None) -> bytes:
    """Write the statement that gives a ledger another key. `shard` is one more than the present one's number."""
    return write(LedgerRotation(organisation=organisation, shard=shard, reason=reason, time=_moment(time)))


def lines_of(warrant: Warrant) -> tuple[str, ...]:
    """The lines of a warrant to monitor; none of any other."""
    return () if warrant.lines is msgspec.UNSET else warrant.lines


def check_id(prefix: Prefix, text: str) -> str:
    """Give `text` back if it is an identifier of this form; WrongUseError otherwise."""
    ids.decode(prefix, text)
    return text


def _convert[T](text: bytes, kind: type[T]) -> T:
    try:
        statement = msgspec.convert(canonical.loads(text), kind)
    except msgspec.ValidationError as error:
        raise WrongUseError("The text is no statement of the expected kind.", why=f"{error}.") from error
    # A value may be canonical JSON and yet not what we write (an unsorted set of powers, an odd base64).
    if write(statement) != text:  # type: ignore[arg-type]  # every kind here is a Statement
        raise WrongUseError("The statement is not written in its canonical form.")
    return statement


def _nonce() -> str:
    return secrets.token_hex(NONCE_BYTES)


def _moment(time: int | None) -> int:
    return clock.seconds() if time is None else time
