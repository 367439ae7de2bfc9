"""What a witness remembers, and when it signs.

What must hold: of each ledger one head is remembered, the largest; a head is cosigned only after it
has been proved to extend that one, and only once it is on stable storage in its place. A memory that
cannot be read is never taken for an empty one.

The folder: `witness.key` (the private key, for its owner alone), `logs/<hash>.key` (a ledger key that
is trusted), `logs/<hash>.checkpoint` (the last head with the ledger's signature and our own) and, for a
ledger that was frozen, `logs/<hash>.successor` (the key of the one that goes on), the hash being SHA-256
of the ledger's origin line.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core import clock
from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.merkle import EMPTY_ROOT
from muniment.vault.anchors.cosignature import KEY_NAME, WitnessSigner
from muniment.vault.checkpoint import SIGNATURE_MARK, Checkpoint, LedgerVerifier, split_note
from muniment.vault.disk import Disk
from muniment.vault.proof import Proof, roots_from_consistency
from muniment.vault.witness import succession
from muniment.vault.witness.request import AddCheckpoint, AddSuccessor

EMPTY = 0


class Answer(msgspec.Struct, frozen=True):
    """What is answered over HTTP: a status, a body, and what kind of text it is."""

    status: int
    body: str = ""
    kind: str = "text/plain; charset=utf-8"
    says: str = ""
    """What the witness's own log should say beside the status."""


class _KeyFile(msgspec.Struct, frozen=True, tag_field="type", tag="muniment/witness-key/v1"):
    name: str
    private: bytes


@dataclass(frozen=True)
class Memory:
    """The last head of one ledger: what it states, and the note with both signatures."""

    head: Checkpoint
    note: str


class Witness:
    """One witness with its folder. Several threads may ask at once."""

    def __init__(
        self, path: Path, *, now: Callable[[], int] = clock.seconds, disk: Disk | None = None
    ) -> None:
        """Open the witness at `path`; NotAvailableError if there is none."""
        self._path, self._now, self._disk = path, now, disk or Disk()
        self._lock = Lock()
        try:
            stored = msgspec.json.decode((path / "witness.key").read_bytes(), type=_KeyFile)
            self.signer = WitnessSigner(stored.name, Ed25519PrivateKey.from_private_bytes(stored.private))
        except (OSError, msgspec.MsgspecError, ValueError) as error:
            raise NotAvailableError(
                f"There is no witness at {path}.", remedy="Make one: muniment witness new."
            ) from error

    @classmethod
    def create(cls, path: Path, name: str) -> "Witness":
        """Make a witness with a fresh key; WrongUseError if there is one, or the name is none.

        The name should be an address without a scheme, such as witness.example.com/ledgers.
        """
        if not KEY_NAME.fullmatch(name):
            raise WrongUseError(f"{name!r} can be no name of a key: it holds a space or a plus.")
        key = _KeyFile(name, Ed25519PrivateKey.generate().private_bytes_raw())
        disk = Disk()
        try:
            disk.make_folder(path / "logs")
            descriptor = os.open(path / "witness.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(msgspec.json.encode(key))
                stream.flush()
                os.fsync(stream.fileno())
            disk.sync_folder(path)
        except FileExistsError as error:
            raise WrongUseError(f"There is a witness at {path} already.") from error
        except OSError as error:
            raise NotAvailableError(f"No witness can be made at {path}.", why=f"{error.strerror}.") from error
        return cls(path)

    def trust(self, ledger: LedgerVerifier) -> None:
        """Witness this ledger from now on; WrongUseError if another key is trusted for its origin."""
        known = self._key(ledger.origin)
        if known is not None and known != ledger:
            raise WrongUseError(f"Another key is trusted for {ledger.origin} already.")
        with self._lock:
            self._write(self._file(ledger.origin, "key"), f"{ledger.text}\n")

    def answer(self, body: bytes) -> Answer:
        """The answer to an add-checkpoint request; a 200 only after the head is on stable storage."""
        try:
            request = AddCheckpoint.parse(body)
            origin = split_note(request.note)[0].origin
        except (WrongUseError, FaultFoundError) as error:
            return Answer(400, f"{error.what}\n")
        ledger = self._key(origin)
        if ledger is None:
            return Answer(404, "This ledger is not known here.\n")
        if self._successor(origin) is not None:
            return Answer(403, "This ledger was frozen; another goes on in its place.\n")
        try:
            head = ledger.open(request.note)
        except FaultFoundError as error:
            return Answer(403, f"{error.what}\n")
        if request.old > head.size:
            return Answer(400, "The old size is larger than the checkpoint's.\n")
        with self._lock:
            return self._add(request, head, ledger)

    def succeed(self, body: bytes) -> Answer:
        """The answer to an add-successor request: from then on the new ledger is witnessed, the old one no more."""
        try:
            request = AddSuccessor.parse(body)
            past = split_note(Proof.parse(request.frozen.proof).checkpoint)[0].origin
        except (WrongUseError, FaultFoundError) as error:
            return Answer(400, f"{error.what}\n")
        ledger = self._key(past)
        if ledger is None:
            return Answer(404, "This ledger is not known here.\n")
        try:
            step = succession.check(request, ledger)
        except (WrongUseError, FaultFoundError) as error:
            return Answer(403, f"{error.what}\n")
        with self._lock:
            return self._succeed(step)

    def _succeed(self, step: succession.Step) -> Answer:
        old, new = step.past.origin, step.next
        if self._successor(old) not in {None, new} or self._key(new.origin) not in {None, new}:
            return Answer(422, "Another ledger goes on in its place already.\n")
        memory = self.remembered(origin_hash(old))
        if memory and memory.head.size < step.past.size:
            return Answer(409, f"{memory.head.size}\n", "text/x.tlog.size")
        others = map(self.remembered, map(origin_hash, step.between))
        heads = [each.head for each in (memory, *others) if each is not None]
        if any(head != step.past and not step.excuses(head) for head in heads):
            return Answer(422, "The ledger is not an extension of what was seen before.\n")
        self._write(self._file(old, "successor"), f"{new.text}\n")
        self._write(self._file(new.origin, "key"), f"{new.text}\n")
        return Answer(200, f"{step.says}\n" if step.says else "", says=step.says)

    def remembered(self, origin: str) -> Memory | None:
        """The last head of a ledger, by the hex SHA-256 of its origin; FaultFoundError if it is damaged."""
        path = self._path / "logs" / f"{origin}.checkpoint"
        try:
            note = path.read_bytes().decode()
            head = split_note(note)[0]
            signed = self.signer.verifier.time_in(note) is not None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, FaultFoundError) as error:
            raise _damaged(path) from error
        if not signed or origin_hash(head.origin) != origin:
            raise _damaged(path)
        return Memory(head, note)

    def _add(self, request: AddCheckpoint, head: Checkpoint, ledger: LedgerVerifier) -> Answer:
        memory = self.remembered(origin_hash(head.origin))
        size = memory.head.size if memory else EMPTY
        if request.old != size:
            return Answer(409, f"{size}\n", "text/x.tlog.size")
        if trouble := _contradiction(memory, head, request.path):
            return Answer(422, f"{trouble}\n")
        line = self.signer.line(head, self._now())
        self._write(self._file(head.origin, "checkpoint"), f"{_own_line(request.note, ledger)}{line}")
        return Answer(200, line)

    def _successor(self, origin: str) -> LedgerVerifier | None:
        return self._key(origin, "successor")

    def _key(self, origin: str, ending: str = "key") -> LedgerVerifier | None:
        try:
            return LedgerVerifier.parse(self._file(origin, ending).read_bytes().decode())
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, WrongUseError) as error:
            raise FaultFoundError(f"The trusted key of {origin} cannot be read.") from error

    def _file(self, origin: str, ending: str) -> Path:
        return self._path / "logs" / f"{origin_hash(origin)}.{ending}"

    def _write(self, path: Path, text: str) -> None:
        try:
            self._disk.replace(path, text.encode(), path.with_suffix(".aside"))
            self._disk.sync_folder(path.parent)
        except OSError as error:
            raise NotAvailableError("The witness cannot write.", why=f"{error.strerror}.") from error


def _damaged(path: Path) -> FaultFoundError:
    return FaultFoundError(
        f"What was remembered in {path.name} is damaged.",
        remedy="Nothing of this ledger is cosigned until it is restored. Do not remove the file.",
    )


def origin_hash(origin: str) -> str:
    """How the monitoring interface and the witness's own files name a ledger."""
    return sha256(origin.encode()).hexdigest()


def _contradiction(memory: Memory | None, head: Checkpoint, path: tuple[bytes, ...]) -> str:
    """Why the head does not extend what is remembered; empty if it does."""
    if not head.size and head.root != EMPTY_ROOT:
        return "An empty ledger has another root."
    if memory is None or not memory.head.size:
        return "Nothing is known yet, so that the proof must be empty." if path else ""
    if head.size == memory.head.size:
        return "The ledger has another root at this size." if path or head.root != memory.head.root else ""
    try:
        before, after = roots_from_consistency(memory.head.size, head.size, memory.head.root, list(path))
    except FaultFoundError as error:
        return error.what
    if (before, after) != (memory.head.root, head.root):
        return "The ledger is not an extension of what was seen before."
    return ""


def _own_line(note: str, ledger: LedgerVerifier) -> str:
    """The note with the ledger's own signature only: others' lines are not kept."""
    body, _, lines = note.partition("\n\n")
    mine = [line for line in lines.splitlines() if line.startswith(f"{SIGNATURE_MARK}{ledger.origin} ")]
    kept = [line for line in mine if _signed(f"{body}\n\n{line}\n", ledger)]
    return f"{body}\n\n{kept[0]}\n"


def _signed(note: str, ledger: LedgerVerifier) -> bool:
    try:
        ledger.open(note)
    except FaultFoundError:
        return False
    return True
