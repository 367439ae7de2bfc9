"""The ledger's actions as people read them: who did what, when, to which record."""

import json
from collections.abc import Iterable, Sequence

import msgspec

from muniment.catalogue import queries
from muniment.catalogue.queries import Name, Value, listed
from muniment.core.tags import EventTag

NEWEST = 2**62
OPENED = (EventTag.MONITOR_STARTED, EventTag.RECORD_OPENED)
"""Acts by which somebody came to read or hear what a record holds, also while the call still went on."""


class ActView(msgspec.Struct, frozen=True):
    """One action. `time` is seconds since 1970; `details` the canonical JSON of clear part and body.

    `record` is the record that it is about; of a call in progress the one that it became, empty before that.
    """

    sequence: int
    tag: str
    record: str
    warrant: str
    rule: str
    time: int
    actor: str
    details: str

    def detail(self, name: str) -> object:
        """One value of the body, or of the clear part; None where neither has it."""
        parts = json.loads(self.details)
        body = parts["body"] if isinstance(parts["body"], dict) else {}
        return body.get(name, parts["clear"].get(name))


class Among(msgspec.Struct, frozen=True):
    """The acts under these warrants (hashes) or at these places of the ledger: those of one case."""

    warrants: tuple[str, ...]
    sequences: tuple[int, ...]


class ActPage(msgspec.Struct, frozen=True):
    """Some acts, newest first; `cursor` is empty on the last page."""

    acts: tuple[ActView, ...]
    cursor: str


def acts(
    organisation: str,
    *,
    tags: Sequence[EventTag] = (),
    record: str = "",
    warrant: str = "",
    actor: str = "",
    since: int = 0,
    until: int = NEWEST,
    among: Among | None = None,
    limit: int = 50,
    cursor: str = "",
) -> ActPage:
    """The acts of an organisation, or those that fit; as far as the catalogue's watermark.

    `since` and `until` are seconds since 1970, both included.
    """
    chosen: dict[str, Value] = {
        "record": record,
        "warrant": warrant,
        "actor": actor,
        "since": since,
        "until": until,
        "whole": 1 if among is None else 0,
        "warrants": listed(among.warrants if among else ()),
        "sequences": msgspec.json.encode(among.sequences if among else ()).decode(),
    }
    return _page(Name.ENTRIES, organisation, tags, chosen, limit, cursor)


def act(organisation: str, sequence: int) -> ActView | None:
    """The act at one place; None where there is none, or the catalogue has not come so far."""
    chosen = Among((), (sequence,))
    found = acts(organisation, among=chosen, limit=1).acts
    return found[0] if found else None


def acts_about(
    organisation: str,
    addresses: Iterable[str],
    *,
    tags: Sequence[EventTag] = OPENED,
    limit: int = 50,
    cursor: str = "",
) -> ActPage:
    """The acts on records with one of these addresses: who opened what is about me, and why."""
    chosen: dict[str, Value] = {"addresses": listed(address.lower() for address in addresses)}
    return _page(Name.ENTRIES_ABOUT, organisation, tags, chosen, limit, cursor)


def _page(
    name: Name,
    organisation: str,
    tags: Sequence[EventTag],
    chosen: dict[str, Value],
    limit: int,
    cursor: str,
) -> ActPage:
    before = int(cursor) if cursor.isdigit() else NEWEST
    shared: dict[str, Value] = {"organisation": organisation, "tags": listed(tags), "before": before}
    rows = queries.rows(name, {**shared, **chosen, "limit": limit + 1})
    shown = tuple(_act(row) for row in rows[:limit])
    return ActPage(shown, str(shown[-1].sequence) if len(rows) > limit else "")


def _act(row: tuple[object, ...]) -> ActView:
    sequence, tag, record, warrant, rule, time, actor, details = row
    return ActView(
        int(str(sequence)), str(tag), str(record), str(warrant), str(rule), int(str(time)), str(actor), str(details)
    )  # fmt: skip
