"""What `muniment doctor` says of keys: what wraps them, who is locked, when a recovery was last rehearsed."""

from collections.abc import Iterator

import msgspec

from muniment.core import clock
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.processes.findings import Finding, State
from muniment.vault import keyring_file
from muniment.vault.keeper.strongroom import EPOCH_LASTS
from muniment.vault.messages import OrganisationStatus, Status
from muniment.vault.wrapping import sources

REHEARSE_EVERY = 366 * 24 * 3600  # seconds: custodians move, and paper is lost
RETIRED_BY = 26 * 3600  # seconds after a turn: a day for a backup, and some for the keeper to look
UNDER = {
    "": "under the master key alone",
    "passphrase": "under a passphrase of its own",
    "key-service": "under a key of its own in a key service",
}


class OrganisationKey(msgspec.Struct, frozen=True):
    """How one organisation's key stands. `known` is whether a keeper was asked whether it is locked."""

    organisation: str
    under: str
    known: bool
    locked: str


def organisations(home: Home, status: Status | None) -> tuple[OrganisationKey, ...]:
    """How the key of each organisation stands; NotAvailableError where there is no installation."""
    asked = {each.organisation: each for each in status.organisations} if status else {}
    return tuple(
        OrganisationKey(name, UNDER[keys.own], name in asked, asked[name].locked if name in asked else "")
        for name, keys in keyring_file.read(home).organisations.items()
    )


def service_of(home: Home, status: Status | None) -> str:
    """The host of the key service that has the master key; empty where a passphrase opens it, or nobody knows."""
    if status is not None:
        return status.key_service
    try:
        return sources.host(home, keyring_file.read(home).master)
    except (MunimentError, OSError):
        return ""  # not ours to read (the keyring may be the keeper's alone), or with a finding of its own


def examine(home: Home, status: Status | None) -> Iterator[Finding]:
    """The findings of keys. A demo, which opens itself, has none of them."""
    if home.demo.exists() or not (status or home.keyring.exists()):
        return
    host = service_of(home, status)
    says = f"A key service at {host} opens it." if host else "A passphrase opens it."
    yield Finding("Master key", State.WELL, says)
    for each in status.organisations if status else ():
        if each.own:
            yield _own(each)
        if each.retired and each.turned + RETIRED_BY < clock.seconds():
            yield Finding(
                "Key service",
                State.TROUBLE,
                f"{each.organisation}: {each.retired} keys of epochs that are over are still in the key service.",
                "Erasures are not final until they are destroyed: keeper.log says why the service does not.",
            )
    if status:
        yield _rehearsed(status)


def _own(found: OrganisationStatus) -> Finding:
    name = found.organisation
    if not found.locked:
        return Finding("Own key", State.WELL, f"{name} has a key of its own, and is unlocked.")
    remedy = f"Whoever has its passphrase: muniment organisation unlock {name} --passphrase-file FILE"
    says = f"{name} is locked: its mail is sealed, nothing of it is opened or indexed. {found.locked}"
    if found.turned + EPOCH_LASTS >= clock.seconds():
        return Finding("Own key", State.ATTENTION, says, remedy)
    day = clock.day(found.turned + EPOCH_LASTS)
    says += (
        f" Its epoch ought to have turned by {day}: erasures that were to be final since then are not yet."
    )
    return Finding("Own key", State.TROUBLE, says, remedy)


def _rehearsed(status: Status) -> Finding:
    """Of those whose shares differ, the one that was rehearsed longest ago counts."""
    dates = [max((each.rehearsed for each in status.organisations), default=0)]
    dates += [each.rehearsed_own for each in status.organisations if each.own]
    remedy = "Bring the custodians together: muniment recover --rehearse (with --organisation for a key of its own)."
    if not min(dates):
        says = "Nobody has ever tried whether the recovery shares would do."
        return Finding("Recovery", State.ATTENTION, says, remedy)
    says = f"Last rehearsed on {clock.day(min(dates))}."
    if clock.seconds() - min(dates) > REHEARSE_EVERY:
        return Finding("Recovery", State.ATTENTION, f"{says} That is more than a year ago.", remedy)
    return Finding("Recovery", State.WELL, says)
