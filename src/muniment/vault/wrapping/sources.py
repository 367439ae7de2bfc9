"""Who can open a wrapping here and now: from what the keyring says, the settings, and what a person gives."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from muniment.core import passphrase as passphrases
from muniment.core import settings
from muniment.core.errors import LockedError
from muniment.core.home import Home
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.transit import ServiceWrapper
from muniment.vault.wrapping.wrapper import ByPassphrase, KeyService, KeyWrapper, Wrapping

TOKEN_CREDENTIAL = "muniment-key-service-token"  # noqa: S105  the name of a credential


def of_installation(home: Home, wrapping: Wrapping, passphrase: bytes) -> KeyWrapper:
    """What opens the master key. WrongUseError where a passphrase is needed and none was named."""
    if isinstance(wrapping, ByPassphrase):
        if not passphrase:
            raise passphrases.no_file_named()
        return PassphraseWrapper(passphrase, wrapping.cost)
    return ServiceWrapper(here(home, wrapping.service))


def of_organisation(home: Home, organisation: str, wrapping: Wrapping, passphrase: bytes = b"") -> KeyWrapper:
    """What opens an organisation's own key: the passphrase given, else the file that the settings name.

    LockedError where nothing is named.
    """
    named = next(
        (each for each in settings.load(home).organisations if each.organisation == organisation), None
    )
    if isinstance(wrapping, ByPassphrase):
        path = Path(named.passphrase_file) if named and named.passphrase_file else None
        path = path or passphrases.credential(f"{passphrases.CREDENTIAL}-{organisation}")
        secret = passphrase or (passphrases.read_file(path) if path else b"")
        if not secret:
            raise locked(organisation, "Its own passphrase has not been given.")
        return PassphraseWrapper(secret, wrapping.cost, opens=f"the key of {organisation}")
    token = named.token_file if named else ""
    token = token or _path(passphrases.credential(f"{TOKEN_CREDENTIAL}-{organisation}"))
    return ServiceWrapper(
        msgspec.structs.replace(wrapping.service, token_file=token or wrapping.service.token_file)
    )


def locked(organisation: str, why: str) -> LockedError:
    """What is said of an organisation whose own key is not here."""
    return LockedError(
        f"{organisation} is locked: its mail is sealed as ever, and nothing of it is opened or indexed.",
        why=why,
        remedy="Whoever has its passphrase unlocks it: "
        f"muniment organisation unlock {organisation} --passphrase-file FILE",
    )


def here(home: Home, service: KeyService) -> KeyService:
    """The service as it is reached from this machine: settings and environment go before the keyring."""
    chosen = settings.load(home).key_service
    token = chosen.token_file or _path(passphrases.credential(TOKEN_CREDENTIAL)) or service.token_file
    return msgspec.structs.replace(
        service,
        url=chosen.url or service.url,
        namespace=chosen.namespace or service.namespace,
        authority=chosen.authority or service.authority,
        token_file=token,
        seconds=chosen.seconds or service.seconds,
    )


def host(home: Home, wrapping: Wrapping) -> str:
    """Where the key service is that opens the master key; empty where a passphrase does."""
    return "" if isinstance(wrapping, ByPassphrase) else urlsplit(here(home, wrapping.service).url).netloc


def _path(path: Path | None) -> str:
    return str(path) if path else ""
