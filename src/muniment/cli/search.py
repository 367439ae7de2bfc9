"""`muniment search`: locates records under a case and a locate warrant; answers ids and metadata."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from muniment.core import passphrase
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.catalogue.records import RecordView
    from muniment.search.librarian.messages import Found


def command(  # noqa: PLR0917 - Typer reads each option from a parameter
    query: Annotated[
        str, typer.Argument(help='What to look for: from:ann@example.com subject:"price list" refund')
    ],
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="In whose records, by the org_… id.")],
    case: Annotated[str, typer.Option(help="The case that the warrant must belong to.")],
    warrant: Annotated[str, typer.Option(help="The locate warrant: its hash, or its file.")],
    key: Annotated[Path, typer.Option(help="The holder's private key file: it signs that they now search.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many records on a page.")] = 50,
    page: Annotated[str, typer.Option(help="Where the page begins: what the page before ended with.")] = "",
    by_relevance: Annotated[
        bool, typer.Option("--by-relevance", help="Best first; else newest first.")
    ] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find records by party, word, file name, date, size or mark. The search is in the ledger first.

    Example: muniment search 'to:@supplier.co.uk after:2026-01-01 (refund OR "charge back"~3)' …
    """
    from muniment.search import locating
    from muniment.vault.keyring import Keyring
    from muniment.web import installation

    place, secret = Home(home.absolute()), passphrase.read(passphrase_file)
    keyring = Keyring.unlock(place, secret)
    installation.start(place, keyring.worker_keys())
    found, records = locating.locate(
        place,
        secret,
        keyring.librarian_keys(),
        locating.Search(
            organisation=organisation,
            query=query,
            case=case,
            warrant=warrant,
            key=key,
            limit=limit,
            cursor=page,
            sorting="relevance" if by_relevance else "date",
        ),
    )
    if as_json:
        typer.echo(msgspec.json.encode({"found": found, "records": records}).decode())
    else:
        _show(found, records)


def _show(found: "Found", records: "tuple[RecordView, ...]") -> None:
    console = Console(highlight=False)
    console.print(f"{found.total} records fit {found.query}", markup=False)
    table = Table("Record", "Sent (UTC)", "From", "To", "Size", box=None)
    for record in records:
        sent = datetime.fromtimestamp(record.sent, UTC).strftime("%d %b %Y %H:%M")
        by, to = (
            ", ".join(dict.fromkeys(party.address for party in record.parties if party.role in roles))
            for roles in (("from", "caller"), ("to", "cc", "bcc", "envelope-to", "called", "agent"))
        )
        table.add_row(record.id, sent, by, to, str(record.size))
    console.print(table)
    console.print(f"The index knows the ledger up to entry {found.indexed_up_to}.", style="dim")
    if found.cursor:
        console.print(f"More: --page {found.cursor}", markup=False)
