"""The key of the catalogue's database: in this process's memory, and nowhere else.

A child process receives it from the supervisor by an inherited pipe; a command receives it from the
unlocked keyring. It is never in settings, arguments, the environment or a log.
"""

from muniment.core.errors import NotAvailableError, WrongUseError

KEY_BYTES = 32

_held: list[bytes] = []


def set_key(key: bytes) -> None:
    """Hold the database's raw key for every connection that this process opens from now on.

    WrongUseError unless it is 32 bytes long.
    """
    if len(key) != KEY_BYTES:
        raise WrongUseError(f"The key of the database is {KEY_BYTES} bytes, not {len(key)}.")
    _held[:] = [bytes(key)]


def get_key() -> bytes:
    """The key that this process holds; NotAvailableError while it holds none."""
    if not _held:
        raise NotAvailableError(
            "The database is locked.",
            why="This process was not given its key.",
            remedy="Start it with `muniment serve`, or give the command the passphrase file.",
        )
    return _held[0]


def forget_key() -> None:
    """Drop the key: connections that are open stay so, no other can be made."""
    _held.clear()
