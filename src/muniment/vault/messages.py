"""What goes over the keeper's sockets: one request type for each thing asked, one reply for each answer.

The bytes on the socket are a length (u32, little endian) and MessagePack; `wire` reads and writes them.
"""

import msgspec

from muniment.core.errors import MunimentError
from muniment.core.tags import EventTag
from muniment.vault.authority.register import RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.call_messages import (
    AdoptCall,
    Adopted,
    AskMonitoring,
    DeclareTest,
    DeclineCall,
    EndMonitoring,
    Monitor,
    Monitored,
    Monitoring,
    Request,
    StopMonitoring,
)
from muniment.vault.faults import Report
from muniment.vault.heads import PublishedHead, Succession
from muniment.vault.index_messages import (
    AskHead,
    AskSuccession,
    Batch,
    Examined,
    KeepAnchor,
    Locate,
    MarkPrivate,
    NextBatch,
)
from muniment.vault.sealing import EpochKey, SealedBatch
from muniment.vault.upkeep_messages import (
    AskErasable,
    BrokenErased,
    Compact,
    ErasablePack,
    EraseBroken,
    ErasedTests,
    EraseTests,
    KeysTaken,
    PackCompacted,
    SampleDeeply,
    TakeKeys,
    TurnEpoch,
    Unlock,
    Unlocked,
)

# What is asked about calls under way, at the index door, and to keep a vault well, stands in files of their own.
__all__ = (
    "AdoptCall",
    "Adopted",
    "AskErasable",
    "AskHead",
    "AskMonitoring",
    "AskSuccession",
    "Batch",
    "BrokenErased",
    "Compact",
    "DeclareTest",
    "DeclineCall",
    "EndMonitoring",
    "ErasablePack",
    "EraseBroken",
    "EraseTests",
    "ErasedTests",
    "Examined",
    "KeepAnchor",
    "KeysTaken",
    "Locate",
    "MarkPrivate",
    "Monitor",
    "Monitored",
    "Monitoring",
    "NextBatch",
    "PackCompacted",
    "Request",
    "SampleDeeply",
    "StopMonitoring",
    "TakeKeys",
    "TurnEpoch",
    "Unlock",
    "Unlocked",
)  # fmt: skip


# --- replies -------------------------------------------------------------------------------------


class Receipt(msgspec.Struct, frozen=True):
    """The keeper's signed word that entries `first` … `first + count - 1` are on stable storage.

    `root` is the ledger's root after them, `time` seconds since 1970, `signature` the ledger key's
    Ed25519 signature over the receipt's canonical text (see `receipts`).
    """

    organisation: str
    first: int
    count: int
    root: bytes
    time: int
    signature: bytes


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people did, to be written to the ledger.

    `record`, `warrant` (a hash) and `rule` stand in clear; `body` (people, reasons) is sealed and must
    have a canonical JSON form: no fractions. `range` is for a verification alone: the first and last entry of it.
    """

    tag: EventTag
    record: str = ""
    warrant: str = ""
    rule: str = ""
    range: tuple[int, int] | None = None
    body: dict[str, object] = {}


class ActEntry(msgspec.Struct, frozen=True):
    """An action entry: its place, its clear part and its opened body, both canonical JSON."""

    seq: int
    clear: bytes
    body: bytes


class Opening(msgspec.Struct, frozen=True):
    """A record opened for one holder: read it by `session` for at most thirty minutes.

    `length` counts the original bytes; `statement` is the capture statement.
    """

    session: bytes
    length: int
    statement: bytes


class Erasure(msgspec.Struct, frozen=True):
    """A record destroyed: the receipt of the order, and when the erasure is final (seconds).

    Final is the later of two: the epoch's turn, after which even the wrapped key opens for nobody, and the
    expiry of the last generation of keys that was backed up before. A generation whose epochs are under a key
    service too does not count: it opens nothing once the service has destroyed its key, at the turn.

    `covered`: this holds for every copy of the record, also one made outside (a snapshot of the machine).
    `backups`: where generations of keys are that have not expired, each place once.
    """

    receipt: Receipt
    final: int
    covered: bool = False
    backups: tuple[str, ...] = ()


class ShardLeaves(msgspec.Struct, frozen=True):
    """What proves a whole shard to a stranger: number, key, signed head, and the data of every leaf under it."""

    number: int
    verifier: str
    checkpoint: str
    leaves: tuple[bytes, ...]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What proves one record to a stranger: its sealed parts, its key, its place in the ledger.

    `proof` is the C2SP tlog-proof, with the checkpoint, `verifier` the ledger's public key as a note
    verifier. `acts` are the actions that name the record (openings, erasure …); `leaves` the data of
    every leaf up to the checkpoint, which shows that there are no others.
    """

    record: str
    seq: int
    head: bytes
    commitment: bytes
    ciphertext: bytes
    key: bytes
    proof: str
    checkpoint: str
    verifier: str
    acts: tuple[ActEntry, ...]
    leaves: tuple[bytes, ...]
    segments: int = 0
    """How many segments the record has; each is asked for by itself."""
    shards: tuple[ShardLeaves, ...] = ()
    """Every other shard from the first that holds a part of the record on: openings may stand in each."""


class SegmentEvidence(msgspec.Struct, frozen=True):
    """One segment of a record as it is sealed; its commitment is the record's, its leaf among the leaves."""

    head: bytes
    ciphertext: bytes


class OrganisationStatus(msgspec.Struct, frozen=True):
    """Where one organisation's ledger stands. Times are seconds since 1970."""

    organisation: str
    size: int
    records: int
    erased: int
    published: int
    epoch: int
    demo: bool
    own: bool = False
    """Whether it has a key of its own, besides the installation's."""
    locked: str = ""
    """Why nothing of it can be opened now; empty where it is open."""
    turned: int = 0
    """When its epoch began."""
    retired: int = 0
    """How many keys of epochs that are over the key service has not destroyed yet."""
    rehearsed: int = 0
    """When a recovery of the installation was last rehearsed; 0 if never."""
    rehearsed_own: int = 0
    """The same of the organisation's own key."""


class Status(msgspec.Struct, frozen=True):
    """The keeper's state. `private` is a keeper started by one command for itself."""

    organisations: tuple[OrganisationStatus, ...]
    private: bool
    process: int
    key_service: str = ""
    """The host of the key service that opens the master key; empty where a passphrase does."""


# --- capture door --------------------------------------------------------------------------------


class AskEpoch(Request, frozen=True):
    """The public key to seal with now. Answer: EpochKey."""


class Seal(Request, frozen=True):
    """Keep these sealed entries. Answer, once durable: Receipt."""

    batch: SealedBatch


class AskDomains(msgspec.Struct, frozen=True, tag=True):
    """Whose mail is whose. Answer: dict[str, str], each assigned domain and its organisation."""


class AskMappings(Request, frozen=True):
    """How files of hosted switches are read, or were. Answer: tuple[SavedMapping, ...], by name."""


# --- desk door -----------------------------------------------------------------------------------


class Append(Request, frozen=True):
    """Write an act to the ledger. Answer: Receipt."""

    act: Act


class Admit(Request, frozen=True):
    """Check a warrant and what its approvers signed; from now on it counts. Answer: Receipt."""

    warrant: bytes
    decisions: tuple[SignedStatement, ...]
    records: tuple[str, ...]


class Revoke(Request, frozen=True):
    """Take a warrant back. Answer: Receipt."""

    warrant: str
    statement: SignedStatement


class ReleaseHold(Request, frozen=True):
    """End a hold, on two signatures over one text. Answer: Receipt."""

    statement: bytes
    signatures: tuple[SignedStatement, ...]


class ChangeRegister(Request, frozen=True):
    """Change the register, on two signatures over one text. Answer: Receipt."""

    statement: bytes
    signatures: tuple[SignedStatement, ...]


class RotateLedger(Request, frozen=True):
    """Freeze the shard and go on in another with a new ledger key, on two signatures over one text.

    Answer, once the old key is destroyed: Receipt, signed with the new one.
    """

    statement: bytes
    signatures: tuple[SignedStatement, ...]


class Enrol(Request, frozen=True):
    """A first authority registers their key with the token that `init` printed. Answer: Receipt."""

    token: str
    key: RegisteredKey


class AskRegistered(Request, frozen=True):
    """Answer: RegisterView."""


class RegisterView(msgspec.Struct, frozen=True):
    """The keys that count now, and the serial that the next change must be one above.

    `shard` is the number of the shard that takes entries.
    """

    keys: tuple[RegisteredKey, ...]
    serial: int
    shard: int = 1


class Open(Request, frozen=True):
    """Open a record under a warrant. Answer, after the ledger has it: Opening."""

    warrant: str
    record: str
    action: str
    assertion: SignedStatement


class Read(msgspec.Struct, frozen=True, tag=True):
    """Some of the original bytes of an opened record. Answer: bytes."""

    session: bytes
    offset: int
    length: int


class Erase(Request, frozen=True):
    """Destroy a record's key under a warrant. Answer: Erasure."""

    warrant: str
    record: str
    assertion: SignedStatement


class Replace(Erase, frozen=True):
    """Keep the record in `batch`, which stands for another from now on, and destroy that. Answer: Erasure."""

    batch: SealedBatch


class AskErasure(Request, frozen=True):
    """What became of the key of a record that is erased. Answer: Erasure."""

    record: str


class AskEvidence(Request, frozen=True):
    """The proof of a record that is open for export in `session`. Answer: Evidence."""

    warrant: str
    record: str
    session: bytes


class AskSegment(Request, frozen=True):
    """One segment, from 0, of a record that is open for export in `session`. Answer: SegmentEvidence."""

    warrant: str
    record: str
    session: bytes
    number: int


class AskActs(Request, frozen=True):
    """Action entries after a place, oldest first. Answer: tuple[ActEntry, ...]."""

    after: int
    limit: int


class AskStatus(msgspec.Struct, frozen=True, tag=True):
    """Answer: Status."""


type CaptureRequest = (
    AskEpoch | Seal | AskDomains | AskMappings | AskStatus | AdoptCall | DeclareTest | DeclineCall | AskMonitoring | EndMonitoring
)  # fmt: skip
type IndexRequest = (
    NextBatch
    | Locate
    | MarkPrivate
    | AskHead
    | AskSuccession
    | KeepAnchor
    | AskErasable
    | Compact
    | EraseBroken
    | EraseTests
    | AskStatus
)
type DeskRequest = (
    Append
    | Admit
    | Revoke
    | ReleaseHold
    | ChangeRegister
    | RotateLedger
    | Enrol
    | AskRegistered
    | Open
    | Read
    | Erase
    | Replace
    | AskErasure
    | AskEvidence
    | AskSegment
    | AskActs
    | SampleDeeply
    | TakeKeys
    | TurnEpoch
    | AskErasable
    | Compact
    | Unlock
    | AskStatus
    | Monitor
    | StopMonitoring
)
type Reply = (
    EpochKey
    | Report
    | Receipt
    | Adopted
    | Monitoring
    | Monitored
    | Batch
    | RegisterView
    | Opening
    | bytes
    | Erasure
    | Evidence
    | tuple[ActEntry, ...]
    | dict[str, str]
    | PublishedHead
    | Succession
    | tuple[ErasablePack, ...]
    | PackCompacted
    | BrokenErased
    | ErasedTests
    | Unlocked
    | str
    | Status
)


class Answer(msgspec.Struct, frozen=True):
    """What the keeper sends back: `value` packed, or an error in its parts (`error` = its class)."""

    value: msgspec.Raw = msgspec.Raw(b"\xc0")
    error: str = ""
    what: str = ""
    why: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, error: MunimentError) -> "Answer":
        """An error as it travels."""
        kind = next(each for each in type(error).__mro__ if each.__module__ == MunimentError.__module__)
        return cls(error=kind.__name__, what=error.what, why=error.why, remedy=error.remedy)
