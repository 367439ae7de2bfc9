"""The child that decodes: strangers' bytes come to samples here, and nowhere else (docs/security.md).

It is a fresh interpreter without keys, home or network: two pipes, limits, and `core.confinement`. It serves
one opening and no other, so that no recording's bytes ever lie beside another's.
"""

import contextlib
import os
import resource
import sys
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.core import confinement
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.sound import peaks
from muniment.release.sound.compressing import compressed
from muniment.release.sound.encoding import covered_for, encoded, steps
from muniment.release.sound.excising import excised
from muniment.release.sound.files import Asked
from muniment.release.sound.messages import (
    Answer,
    Drawn,
    FromChild,
    Heard,
    Piece,
    Task,
    Unreadable,
    Wanted,
)
from muniment.release.sound.recordings import Recording, interleaved, recording
from muniment.release.sound.wire import LENGTH, send

MOST_MEMORY = 2 << 30  # octets of address space
MOST_FILES = 16
_encoder = msgspec.msgpack.Encoder()


def answer(
    task: Task, ask: Callable[[int, int], bytes], put: Callable[[bytes], None] = lambda _: None
) -> Answer:
    """Do what a task says. Never raises for what a recording holds. `put` takes the pieces of a file that is made."""
    try:
        if task.deed == "excise":
            return excised(task, Asked(task.size, ask), put)
        if task.deed == "compress":
            return compressed(task, Asked(task.size, ask), put)
        return _done(task, recording(task, Asked(task.size, ask)))
    except CallUnreadableError as error:
        return Unreadable(str(error))
    except (ValueError, MemoryError, RecursionError, ArithmeticError, LookupError, RuntimeError) as error:
        return Unreadable(f"It cannot be decoded ({type(error).__name__}).")


def _done(task: Task, found: Recording) -> Answer:
    match task.deed:
        case "describe":
            return found.describe()
        case "hear":
            known = found.describe()
            sound = found.hear(task.start, task.end)
            rows = interleaved(sound, known.channels, task.rate or known.rate)
            return Heard(covered_for(task, rows, task.rate or known.rate, task.start).tobytes(), sound.notes)
        case "opus":
            return Heard(*encoded(task, found))
        case _:  # peaks; what makes a file is not asked here
            return _drawn(task, found)


def _drawn(task: Task, found: Recording) -> Drawn:
    """Peaks, so many to 1000 seconds as the task says."""
    known = found.describe()
    notes = dict[str, None]()
    drawn: list[list[bytes]] = [[] for _ in range(known.channels)]
    width = max(known.rate * 1000 // max(task.rate, 1), 1)  # samples of one peak
    left = np.zeros((0, known.channels), np.int16)
    for start, rows, said in steps(found, known):
        left = np.concatenate([left, covered_for(task, rows, known.rate, start)])
        whole = len(left) // width * width
        _draw(drawn, left[:whole], width)
        left = left[whole:]
        notes.update(dict.fromkeys(said))
    _draw(drawn, left, width)
    return Drawn(tuple(b"".join(one) for one in drawn), found.holes(), tuple(notes))


def _draw(drawn: list[list[bytes]], rows: NDArray[np.int16], width: int) -> None:
    for channel, kept in enumerate(drawn):
        if len(rows):
            kept.append(peaks(np.ascontiguousarray(rows[:, channel]), width, 1).tobytes())


def confine() -> tuple[str, ...]:
    """Limits of the child, and the walls around it; which held."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(OSError):  # where the machine allows it, a network with nothing in it
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    return confinement.shut_in()


def main() -> None:
    """Take tasks from standard input until it ends."""
    confine()
    source, sink = sys.stdin.buffer, sys.stdout.fileno()

    def received() -> bytes:
        head = source.read(LENGTH.size)
        return source.read(LENGTH.unpack(head)[0]) if head else b""

    def say(message: FromChild) -> None:
        send(sink, _encoder.encode(message))

    def put(data: bytes) -> None:
        say(Piece(data))

    def ask(offset: int, length: int) -> bytes:
        say(Wanted(offset, length))
        return received()

    while payload := received():
        say(answer(msgspec.msgpack.decode(payload, type=Task), ask, put))


if __name__ == "__main__":
    main()
