"""Changing the passphrase of an installation, or setting a new one with recovery shares.

Either changes only how the master key is wrapped: the server may run meanwhile and keeps its keys. Each
organisation's ledger is told; what the ledger of one could not be told is said to the person.
"""

from collections.abc import Sequence

from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.vault.client import connect
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.messages import Act


def change(home: Home, old: bytes, new: bytes) -> str:
    """Replace the passphrase. What the ledger could not be told, or nothing.

    RefusedError for a wrong old one, WrongUseError where the new one is no other, or in a demo.
    """
    _refuse_demo(home)
    if old == new:
        raise WrongUseError("The new passphrase is the old one.", remedy="Choose another.")
    keyring = Keyring.unlock(home, old)
    keyring.change_passphrase(new)
    return _tell(home, new, keyring, EventTag.PASSPHRASE_CHANGED)


def recover(home: Home, shares: Sequence[str], new: bytes) -> str:
    """Set a new passphrase with enough custodians' shares. What the ledger could not be told, or nothing.

    WrongUseError for shares that are too few or miswritten, RefusedError for those of another installation.
    """
    _refuse_demo(home)
    keyring = Keyring.recover(home, shares, new)
    return _tell(home, new, keyring, EventTag.PASSPHRASE_RECOVERED)


def _tell(home: Home, passphrase: bytes, keyring: UnlockedKeyring, tag: EventTag) -> str:
    try:
        with connect(home, passphrase) as doors:
            for organisation in keyring.organisations:
                doors.desk.append(organisation, Act(tag=tag))
    except MunimentError as error:  # the passphrase is changed all the same: a damaged vault must not undo it
        return f"The proof log could not be told of it: {error}"
    return ""


def _refuse_demo(home: Home) -> None:
    if home.demo.exists():
        raise WrongUseError(
            "A demo keeps its passphrase in its own home, so that it starts by itself.",
            remedy="Make an installation of your own with muniment init.",
        )
