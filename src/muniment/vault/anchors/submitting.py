"""Submitting a checkpoint to a witness (c2sp.org/tlog-witness), and judging what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.anchors.cosignature import WitnessVerifier
from muniment.vault.anchors.posting import Response, post
from muniment.vault.checkpoint import split_note
from muniment.vault.witness.request import AddCheckpoint, AddSuccessor

CLOCKS_APART = 15 * 60  # seconds by which a witness's clock may differ from ours
MOST_DIGITS = 19
OK, UNKNOWN, CONFLICT, UNPROCESSABLE = 200, 404, 409, 422
KIND = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Head:
    """A signed head of a ledger, and the proof that it extends the one of `old` leaves."""

    note: str
    old: int
    path: tuple[bytes, ...]


class Cosigned(NamedTuple):
    """A signed head, and the same with the witness's cosignature line after it."""

    note: str
    text: str


def submit(
    url: str,
    witness: WitnessVerifier,
    head: Callable[[int], Head],
    *,
    seen: int,
    now: int,
    send: Callable[[str, bytes, str], Response] = post,
    introduce: Callable[[], None] | None = None,
) -> Cosigned:
    """Show the head to the witness, who cosigns it; `seen` is the size it has, as far as we know.

    `head` gives the present head with its proof from a size, `introduce` shows a witness who does not know
    the ledger that it goes on in place of one that they know. FaultFoundError if the witness has seen
    another ledger, or a longer one: then ours was rewritten or rolled back, or the witness lies.
    NotAvailableError if it answers nothing that can be used.
    """
    address = f"{url.rstrip('/')}/add-checkpoint"
    asked = head(seen)
    answer = send(address, AddCheckpoint(asked.old, asked.path, asked.note).text().encode(), KIND)
    if answer.status == UNKNOWN and introduce is not None:
        introduce()
        asked = head(0)
        answer = send(address, AddCheckpoint(asked.old, asked.path, asked.note).text().encode(), KIND)
    if answer.status == CONFLICT:
        asked = head(_known_size(answer, asked, witness))
        answer = send(address, AddCheckpoint(asked.old, asked.path, asked.note).text().encode(), KIND)
    if answer.status == UNPROCESSABLE:
        raise FaultFoundError(
            f"The witness {witness.name} has seen another ledger than this one.",
            why="It refuses the proof that this ledger extends what it saw.",
            remedy="Keep everything as it is, run muniment verify, and compare with a copy from elsewhere.",
        )
    if answer.status != OK:
        raise NotAvailableError(f"The witness {witness.name} did not cosign.", why=f"Status {answer.status}.")
    return Cosigned(asked.note, cosigned(asked.note, answer.body, witness, now))


def succeed(
    url: str,
    witness: WitnessVerifier,
    request: AddSuccessor,
    send: Callable[[str, bytes, str], Response] = post,
) -> str:
    """Show the witness that a ledger goes on in another's place; what it says to that, for a log.

    FaultFoundError if it has seen what contradicts this; NotAvailableError if it does not know such requests.
    """
    answer = send(f"{url.rstrip('/')}/add-successor", request.text(), "application/json")
    if answer.status == UNPROCESSABLE:
        raise FaultFoundError(
            f"The witness {witness.name} does not believe that the ledger goes on in this shard.",
            why="It has seen entries that are neither here nor declared lost, or another shard in this place.",
            remedy="Run muniment verify; whoever runs the witness can trust the new ledger key by hand.",
        )
    if answer.status != OK:
        raise NotAvailableError(
            f"The witness {witness.name} does not know this shard of the ledger.",
            why=f"Status {answer.status}.",
            remedy="Whoever runs it can trust the new ledger key by hand: muniment witness trust.",
        )
    return answer.body.decode("utf-8", "replace").strip()


def cosigned(note: str, lines: bytes, witness: WitnessVerifier, now: int) -> str:
    """The note with this witness's own line of `lines` added; NotAvailableError unless it is right."""
    try:
        for line in lines.decode().splitlines(keepends=True):
            if not line.startswith(f"\u2014 {witness.name} "):
                continue
            time = witness.time_in(note + line)
            if time is not None and abs(time - now) <= CLOCKS_APART:
                return note + line
    except (UnicodeDecodeError, FaultFoundError) as error:
        raise NotAvailableError(f"The answer of {witness.name} is not signed by its key.") from error
    raise NotAvailableError(f"The answer of {witness.name} holds no cosignature by its key, of about now.")


def _known_size(answer: Response, asked: Head, witness: WitnessVerifier) -> int:
    text = answer.body.decode("ascii", "replace").strip()
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise NotAvailableError(f"The witness {witness.name} answered nonsense.")
    size, own = int(text), split_note(asked.note)[0].size
    if size > own:
        raise FaultFoundError(
            f"The witness {witness.name} has seen {size} entries; here are {own}.",
            why="This ledger was set back to an earlier state, or another one is signed with its key.",
            remedy="Keep everything as it is, run muniment verify, and look for the newest backup.",
        )
    return size
