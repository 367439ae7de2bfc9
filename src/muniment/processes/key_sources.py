"""What wraps the master key, and organisations with a key of their own: changed, unlocked, recovered.

Each change is one write of the keyring, so that no crash leaves it half done; the server may run meanwhile and
keeps its keys. The ledgers are told afterwards.
"""

from collections.abc import Sequence

from muniment.core.errors import LockedError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.processes.passphrases import refuse_demo, tell
from muniment.search.client import LibrarianIntake
from muniment.vault import setup
from muniment.vault.client import DeskDoor
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.setup import RecoveryShare
from muniment.vault.wrapping.wrapper import KeyWrapper


def set_source(home: Home, passphrase: bytes, source: KeyWrapper) -> str:
    """Put the master key under another source; what the ledgers could not be told, or nothing.

    The wrapping before is destroyed once the new one has been seen to open. RefusedError or NotAvailableError,
    and nothing changed, where the old source or the new one says no or does not answer.
    """
    refuse_demo(home)
    keyring = Keyring.unlock(home, passphrase)
    keyring.change_wrapper(source)
    return tell(home, keyring, EventTag.KEY_SOURCE_CHANGED, source=source.name)


def unlock(home: Home, organisation: str, passphrase: bytes) -> bool:
    """Give the running keeper, and the librarian, what opens an organisation's own key.

    Whether search has it too: where the librarian is away, it is given with the next unlocking.
    NotAvailableError where no server runs.
    """
    with DeskDoor(home.socket("desk")) as desk:
        try:
            desk.status()
        except NotAvailableError as error:
            raise NotAvailableError(
                "No server runs here that could be given the key.",
                remedy="Start muniment serve first; or let the settings name the file: "
                f'[[organisations]] organisation = "{organisation}", passphrase_file = "…"',
            ) from error
        unlocked = desk.unlock(organisation, passphrase)
    try:
        with LibrarianIntake(home) as librarian:
            librarian.give_key(organisation, unlocked.index)
    except NotAvailableError:
        return False
    return True


def protect(
    home: Home,
    passphrase: bytes,
    organisation: str,
    old: bytes,
    own: KeyWrapper | None,
    custodians: Sequence[str],
) -> tuple[tuple[RecoveryShare, ...], str]:
    """Put an organisation's key under `own` besides the master key, or under the master key alone.

    `old` is its own passphrase until now, if it has one. Gives shares of its key where it had none of its own
    before, and what the ledger could not be told.
    """
    refuse_demo(home)
    keyring = Keyring.unlock(home, passphrase)
    before = keyring.own(organisation)
    if not before and own is None:
        raise WrongUseError(f"{organisation} has no key of its own.")
    open_own(keyring, organisation, old)
    keyring.protect(organisation, own)
    shares = setup.shares_for(keyring, custodians, organisation) if own and not before else ()
    return shares, _tell_protected(home, keyring, organisation)


def recover_organisation(
    home: Home, passphrase: bytes, organisation: str, shares: Sequence[str], own: KeyWrapper
) -> str:
    """Put an organisation's key under a new passphrase, with enough shares of it."""
    keyring = Keyring.unlock(home, passphrase)
    if not keyring.own(organisation):
        raise WrongUseError(f"{organisation} has no key of its own.")
    keyring.recover_organisation(organisation, shares, own)
    return _tell_protected(home, keyring, organisation)


def rehearse_organisation(home: Home, passphrase: bytes, organisation: str, shares: Sequence[str]) -> str:
    """See whether these shares would open the organisation's own key; nothing is changed."""
    keyring = Keyring.unlock(home, passphrase)
    keyring.checked_shares(shares, organisation)
    return tell(home, keyring, EventTag.RECOVERY_REHEARSED, organisation, rule="own")


def open_own(keyring: UnlockedKeyring, organisation: str, passphrase: bytes) -> None:
    """Open an organisation's own key, with the passphrase given or what the settings name."""
    try:
        keyring.unlock_organisation(organisation, passphrase)
    except LockedError as error:
        raise LockedError(error.what, why=error.why, remedy="Give --organisation-passphrase-file.") from error


def _tell_protected(home: Home, keyring: UnlockedKeyring, organisation: str) -> str:
    under = keyring.own(organisation) or "master key alone"
    return tell(home, keyring, EventTag.ORGANISATION_PROTECTED, organisation, under=under)
