"""Taking stretches out of a recording, whatever its form. This runs in the confined child only."""

from collections.abc import Callable
from typing import Final

from muniment.readers.calls.source import Source
from muniment.release.sound import excised_call, excised_file, excised_vcon, files
from muniment.release.sound.messages import Excised, Task

_PIECE: Final = 1024 * 1024


def excised(task: Task, source: Source, put: Callable[[bytes], None]) -> Excised:
    """Hand the recording without the covers of `task` to `put`, piece by piece.

    CallUnreadableError says why it cannot be done; what was handed over by then means nothing.
    """
    made = 0
    waiting = bytearray()

    def take(data: bytes) -> None:
        nonlocal made
        made += len(data)
        waiting.extend(data)
        while len(waiting) >= _PIECE:
            put(bytes(waiting[:_PIECE]))
            del waiting[:_PIECE]

    match task.form:
        case "siprec":
            excised_call.write(source, task.covers, task.facts, task.by, take)
        case "vcon":
            take(excised_vcon.redacted(files.whole(source), task.covers, task.by))
        case _:
            take(excised_file.silenced(files.whole(source), task.name, task.covers))
    if waiting:
        put(bytes(waiting))
    return Excised(made)
