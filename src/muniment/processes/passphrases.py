"""Changing the passphrase of an installation, or setting a new one with recovery shares.

Either changes only how the master key is wrapped: the server may run meanwhile and keeps its keys. Each
organisation's ledger is told; what the ledger of one could not be told is said to the person.
"""

from collections.abc import Sequence

from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.vault.client import connect
from muniment.vault.keyring import Keyring, UnlockedKeyring, wrapping_of
from muniment.vault.messages import Act
from muniment.vault.wrapping.wrapper import ByPassphrase


def change(home: Home, old: bytes, new: bytes) -> str:
    """Replace the passphrase. What the ledger could not be told, or nothing.

    RefusedError for a wrong old one, WrongUseError where the new one is no other, or in a demo.
    """
    refuse_demo(home)
    if not isinstance(wrapping_of(home), ByPassphrase):
        raise WrongUseError(
            "No passphrase opens this installation: a key service has its master key.",
            remedy="To go back to a passphrase: muniment key wrapper set --new-passphrase-file FILE",
        )
    if old == new:
        raise WrongUseError("The new passphrase is the old one.", remedy="Choose another.")
    keyring = Keyring.unlock(home, old)
    keyring.change_passphrase(new)
    return tell(home, keyring, EventTag.PASSPHRASE_CHANGED)


def recover(home: Home, shares: Sequence[str], new: bytes) -> str:
    """Set a new passphrase with enough custodians' shares. What the ledger could not be told, or nothing.

    WrongUseError for shares that are too few or miswritten, RefusedError for those of another installation.
    """
    refuse_demo(home)
    keyring = Keyring.recover(home, shares, new)
    return tell(home, keyring, EventTag.PASSPHRASE_RECOVERED)


def rehearse(home: Home, shares: Sequence[str]) -> str:
    """See whether these shares would recover the installation, change nothing, and have the ledger say when.

    What the ledger could not be told, or nothing. Errors as `recover`.
    """
    return tell(home, Keyring.rehearse(home, shares), EventTag.RECOVERY_REHEARSED)


def tell(
    home: Home, keyring: UnlockedKeyring, tag: EventTag, *only: str, rule: str = "", **body: object
) -> str:
    """Write an act to the ledger of each organisation (or `only` these); what could not be told, or nothing."""
    try:
        with connect(home, b"", keyring) as doors:
            for organisation in only or keyring.organisations:
                doors.desk.append(organisation, Act(tag=tag, rule=rule, body=body))
    except MunimentError as error:  # what was done stays done: a damaged vault must not undo it
        return f"The proof log could not be told of it: {error}"
    return ""


def refuse_demo(home: Home) -> None:
    """WrongUseError on a demo's home."""
    if home.demo.exists():
        raise WrongUseError(
            "A demo keeps its passphrase in its own home, so that it starts by itself.",
            remedy="Make an installation of your own with muniment init.",
        )
