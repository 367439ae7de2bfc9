"""Options that name what wraps a key: a passphrase file, or a key service. None of them takes a secret."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.core import passphrase as passphrases
from muniment.core.errors import WrongUseError
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.transit import ServiceWrapper
from muniment.vault.wrapping.wrapper import KeyService, KeyWrapper

Service = Annotated[
    str, typer.Option("--key-service", help="The address of a key service (HashiCorp Vault transit).")
]
KeyName = Annotated[str, typer.Option("--key-name", help="The key's name in the key service.")]
Mount = Annotated[str, typer.Option("--key-mount", help="Where transit is mounted in the key service.")]
Namespace = Annotated[
    str, typer.Option("--key-namespace", help="The key service's namespace, if it has any.")
]
Authority = Annotated[
    Path | None, typer.Option("--key-authority", help="A PEM file for the key service's certificate.")
]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="The file that holds the key service's token.")
]
Epochs = Annotated[
    bool,
    typer.Option(
        "--key-epochs",
        help="Put each epoch under a key of its own in the key service too. Then an erasure is final at the turn, "
        "in every copy; and if the service loses its keys, the records are lost.",
    ),
]

_DEFAULT = KeyService("")


def key_service(
    url: str,
    name: str = "",
    mount: str = "",
    namespace: str = "",
    authority: Path | None = None,
    token_file: Path | None = None,
    *,
    epochs: bool = False,
) -> ServiceWrapper | None:
    """The key service that the options name; None where they name none."""
    if not url:
        if name or mount or namespace or authority or token_file or epochs:
            raise WrongUseError("No key service was named.", remedy="Give --key-service URL.")
        return None
    return ServiceWrapper(
        KeyService(
            url=url,
            key=name or _DEFAULT.key,
            mount=mount or _DEFAULT.mount,
            namespace=namespace,
            authority=str(authority.absolute()) if authority else "",
            token_file=str(token_file.absolute()) if token_file else "",
            epochs=epochs,
        )
    )


def one_of(
    service: ServiceWrapper | None, passphrase_file: Path | None, *, opens: str = ""
) -> KeyWrapper | None:
    """The one source that was named, or None; WrongUseError for two."""
    if service and passphrase_file:
        raise WrongUseError("Name a passphrase file or a key service, not both.")
    if passphrase_file:
        return PassphraseWrapper(passphrases.read_file(passphrase_file), opens=opens or "this installation")
    return service
