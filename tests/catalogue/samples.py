"""Batches of the ledger as the keeper delivers them, for the tests of the catalogue."""

from datetime import UTC, datetime

from muniment.core import canonical, ids
from muniment.core.ids import Prefix
from muniment.readers.mail import Mail, Party
from muniment.vault.messages import Batch, Examined

ORGANISATION = "org_firm"
WHEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
RECEIVED = int(WHEN.timestamp())


def record(sequence: int, *, erased: bool = False, identity: str = "") -> Examined:
    """A record with a statement, or an erased one."""
    name = identity or ids.new(Prefix.RECORD)
    if erased:
        return Examined(sequence, 1, name, erased=True)
    said = canonical.dumps(
        {
            "channel": "e-mail",
            "source": "journal",
            "received": RECEIVED + sequence,
            "form": "smtp",
            "sha256": "ab",
        }
    )
    return Examined(sequence, 1, name, statement=said, original=b"x" * 100)


def action(sequence: int, tag: str, body: dict[str, object] | None = None, **clear: object) -> Examined:
    """An action."""
    said = canonical.dumps({"tag": tag, "time": RECEIVED, **clear})  # type: ignore[dict-item]
    return Examined(sequence, 2, "", clear=said, body=canonical.dumps(body or {}))  # type: ignore[arg-type]


def batch(*entries: Examined) -> Batch:
    """Entries in order."""
    return Batch(entries[0].seq, entries[-1].seq, entries)


def mail(identity: str = "", *references: str, **changes: object) -> Mail:
    """A mail, save what is changed."""
    fields: dict[str, object] = {
        "message_id": identity,
        "references": references,
        "subject": "Price list",
        "date": WHEN,
        "parties": (Party("from", "ann@x.org", "Ann"), Party("to", "bob@x.org", "Bob")),
        "text": "words",
    }
    return Mail(**{**fields, **changes})  # type: ignore[arg-type]
