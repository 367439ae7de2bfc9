"""Whether a file is whole: its writer has gone, and it has not changed for a while."""

from muniment.capture.calls.spool.finding import Seen
from muniment.core import clock

REST = 10.0  # seconds without a change


def is_whole(seen: Seen, rest: float = REST, now: float | None = None) -> bool:
    """Whether size and time are as they were seen, old enough, and nobody writes to the file.

    Whether somebody writes is known on Linux for files of our own user (a lease is refused while a writer
    has it open); for others age alone must do. A time to come counts as long ago: its clock is wrong.
    """
    try:
        size, changed = seen.place.look(seen.path)
    except OSError:
        return False
    if (size, changed) != (seen.size, seen.changed):
        return False
    age = (clock.now().timestamp() if now is None else now) - changed / 1e9
    return not 0 <= age < rest and not seen.place.is_written(seen.path)
