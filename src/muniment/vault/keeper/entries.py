"""Action entries: the clear part that an auditor counts, and the sealed bodies that the keeper reads.

Only the keeper writes the tags in `OWN_TAGS`; other rooms append the rest, with bodies of their own.
"""

import msgspec

from muniment.core import canonical
from muniment.core.errors import WrongUseError
from muniment.core.row_mapping import SavedMapping
from muniment.core.tags import EventTag
from muniment.vault.authority.register import Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import LedgerRotation, LossAcceptance, read_any
from muniment.vault.chain import Previous
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document

OWN_TAGS = frozenset(
    {
        EventTag.BACKUP_BEGUN,
        EventTag.BACKUP_RESTORED,
        EventTag.CALL_DECLINED,
        EventTag.CALL_TESTED,
        EventTag.EPOCH_TURNED,
        EventTag.GENESIS,
        EventTag.HOLD_RELEASED,
        EventTag.MONITOR_ENDED,
        EventTag.MONITOR_STARTED,
        EventTag.ORGANISATION_UNLOCKED,
        EventTag.PACK_COMPACTED,
        EventTag.RECORDS_EXAMINED,
        EventTag.RECORDS_SAMPLED,
        EventTag.RECORD_ERASED,
        EventTag.RECORD_OPENED,
        EventTag.REGISTER_CHANGED,
        EventTag.SEARCH_MADE,
        EventTag.SHARD_FROZEN,
        EventTag.SHARD_OPENED,
        EventTag.WARRANT_ADMITTED,
        EventTag.WARRANT_REVOKED,
    }
)


class Clear(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The clear part. Times are seconds since 1970; `warrant` and `assertion` are hashes in hex.

    `next` to `backup` are those of `vault.chain`, between two shards. `replaced_by` is the record that stands for
    an erased one from now on.
    """

    tag: EventTag
    time: int
    record: str = ""
    warrant: str = ""
    rule: str = ""
    range: tuple[int, int] | None = None
    demo: bool = False
    action: str = ""
    assertion: str = ""
    next: str = ""
    previous: Previous | None = None
    sequence: int = 0
    reason: str = ""
    backup: str = ""
    replaced_by: str = ""


class Entry(msgspec.Struct, frozen=True):
    """An action as the keeper is about to write it, or has read it: clear part and body."""

    clear: Clear
    body: bytes


class Token(msgspec.Struct, frozen=True):
    """A first authority who enrols with a one-time token: its SHA-256, their id and powers."""

    digest: str
    person: str
    powers: frozenset[Power]


class Genesis(msgspec.Struct, frozen=True):
    """The first entry: whose ledger it is, and who may change the register."""

    organisation: str
    name: str
    keys: tuple[RegisteredKey, ...]
    tokens: tuple[Token, ...]
    service: bool = False
    """Whether the first epoch's key is under a key service too."""


class Enrolled(msgspec.Struct, frozen=True, tag="enrolled"):
    """A first authority has used their token, which is worth nothing from now on."""

    token: str
    key: RegisteredKey


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """Two authorities have changed the register."""

    statement: str
    signatures: tuple[SignedStatement, ...]


class WarrantBody(msgspec.Struct, frozen=True):
    """An admitted warrant: its text, what its approvers signed, and its frozen list."""

    warrant: str
    decisions: tuple[SignedStatement, ...]
    records: tuple[str, ...]


class SignedBody(msgspec.Struct, frozen=True):
    """What was signed to do this: a revocation, an opening, an erasure."""

    person: str
    signed: SignedStatement


class MonitorBody(msgspec.Struct, frozen=True):
    """Somebody listens to a call under way: who, what they signed, and which call."""

    person: str
    signed: SignedStatement
    call: str


class MonitorEndBody(msgspec.Struct, frozen=True):
    """They listen no more: to which call, how many milliseconds of it were given to them, and why it ended."""

    call: str
    heard: int
    why: str


class SearchBody(msgspec.Struct, frozen=True):
    """A search: who made it, and what for."""

    person: str
    signed: SignedStatement
    query: str


class ExaminedBody(msgspec.Struct, frozen=True):
    """A system purpose and its analyser."""

    purpose: str
    analyser: str


class SampledBody(msgspec.Struct, frozen=True):
    """The entries of a deep sample, by their places: they are opened, and what they hold goes to nobody."""

    entries: tuple[int, ...]


class DomainBody(msgspec.Struct, frozen=True):
    """A domain whose mail is the organisation's from now on, or is so no more. Other fields are people's."""

    domain: str


class MappingBody(msgspec.Struct, frozen=True):
    """How files of a switch are read from now on. Other facts are governance's."""

    facts: SavedMapping


class MappingVersion(msgspec.Struct, frozen=True):
    """A version of a mapping."""

    name: str
    version: int


class MappingEndBody(msgspec.Struct, frozen=True):
    """No file is read by this version from now on. Other facts are governance's."""

    facts: MappingVersion


class DeclinedBody(msgspec.Struct, frozen=True):
    """A call of which nothing was kept, because somebody declined during the notice; why, in a word."""

    reason: str


class EpochBody(msgspec.Struct, frozen=True):
    """An epoch has turned: `epoch` is the one that counts, every earlier one's key is destroyed.

    `service`: the key that counts now is under a key service too, which destroys its part when it is over.
    """

    epoch: int
    service: bool = False


class BackupBody(msgspec.Struct, frozen=True):
    """A backup was begun: its id, and when (seconds) its generation of keys expires.

    `service`: no epoch's key in it opens without the key service. `destination`: where it goes.
    """

    backup: str
    expires: int
    service: bool = False
    destination: str = ""


class RestoredBody(msgspec.Struct, frozen=True):
    """The organisation was restored from a backup, by its id; `expired` where its keys should be gone."""

    backup: str
    expired: bool


class ShardBody(msgspec.Struct, frozen=True):
    """What two authorities signed so that a shard is frozen and the next one opened; in both their entries."""

    statement: str
    signatures: tuple[SignedStatement, ...]


class CompactedBody(msgspec.Struct, frozen=True):
    """A pack was compacted: its number, how many erased entries became stubs, and the bytes that were freed."""

    pack: int
    entries: int
    won: int


class HoldBody(msgspec.Struct, frozen=True):
    """A hold: its name and the records that it keeps from destruction. Other fields are governance's."""

    hold: str
    records: tuple[str, ...]


class HoldReleaseBody(msgspec.Struct, frozen=True):
    """The end of a hold: the text and its two signatures."""

    statement: str
    signatures: tuple[SignedStatement, ...]


def write_body(body: msgspec.Struct) -> bytes:
    """The canonical JSON of a body."""
    return canonical.dumps(msgspec.to_builtins(body, order="deterministic"))


def read_body[T](kind: type[T], body: bytes) -> T:
    """Read a body of a kind; WrongUseError if it is another."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise WrongUseError("The body of an action is not of the form that its tag demands.") from error


def read_register_body(body: bytes) -> Enrolled | Changed:
    """Read the body of a change of the register, which is of one of two kinds."""
    read: Enrolled | Changed = read_body(Enrolled | Changed, body)  # type: ignore[arg-type]  # takes unions too
    return read


def read_shard(body: ShardBody) -> LedgerRotation | LossAcceptance:
    """What was signed about the next shard; WrongUseError if it is something else."""
    said = read_any(body.statement.encode())
    if not isinstance(said, LedgerRotation | LossAcceptance):
        raise WrongUseError("What was signed is not about the ledger's next shard.")
    return said


def write_clear(clear: Clear) -> bytes:
    """The canonical JSON of a clear part; fields without a value are left out."""
    return canonical.dumps(msgspec.to_builtins(clear))


def read_clear(data: bytes) -> Clear:
    """The inverse of `write_clear`."""
    return read_body(Clear, data)


def document(entry: Entry) -> Document:
    """The entry as it is sealed."""
    return Document(Kind.ACTION, entry.body, write_clear(entry.clear))
