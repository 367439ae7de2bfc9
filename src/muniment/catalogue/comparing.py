"""The catalogue against the ledger, as far as the catalogue's watermark.

1. Each act of the ledger stands in the catalogue once, word for word, and no other does.
2. Each record of the catalogue is one of the vault, at its place; none is missing.
3. Nothing of a call stands beside a record that is erased or unknown.

What was read of a record's content is not compared: that would take opening every record anew.
"""

from collections.abc import Iterator, Mapping

from muniment.catalogue import calls, intake
from muniment.catalogue.models import LedgerEntry, Record
from muniment.people.comparing import AT_ONCE, Acts, RowFault
from muniment.vault.messages import ActEntry, Examined

ANEW = "The catalogue is derived: build it anew from the vault. Until then rely on the ledger alone."
_ACTION = 2


def compare(desk: Acts, organisation: str, places: Mapping[str, int]) -> tuple[RowFault, ...]:
    """Every fault between the catalogue's rows and the ledger of one organisation.

    `places` says where the vault holds each record, by its `rec_…` id.
    """
    watermark = intake.watermark(organisation)
    return (
        *_acts(desk, organisation, watermark),
        *_records(organisation, watermark, places),
        *(
            RowFault("row without entry", "call in the catalogue", record, -1, ANEW, record)
            for record in calls.left_over(organisation)
        ),
    )


def _acts(desk: Acts, organisation: str, watermark: int) -> Iterator[RowFault]:
    after, known = -1, set[int]()
    while after < watermark and (acts := desk.acts(organisation, after, AT_ONCE)):
        rows = {
            row["sequence"]: row
            for row in LedgerEntry.objects.filter(
                organisation=organisation, sequence__gt=after, sequence__lte=acts[-1].seq
            ).values()
        }
        for act in acts:
            known.add(act.seq)
            if act.seq <= watermark:
                yield from _act(organisation, act, rows.get(act.seq))
        after = acts[-1].seq
    written = LedgerEntry.objects.filter(organisation=organisation)
    for sequence in written.values_list("sequence", flat=True).iterator():
        if sequence not in known and sequence <= watermark:
            yield RowFault("row without entry", "act in the catalogue", str(sequence), sequence, ANEW)


def _act(organisation: str, act: ActEntry, row: Mapping[str, object] | None) -> Iterator[RowFault]:
    right = intake.entry_row(organisation, Examined(act.seq, _ACTION, "", clear=act.clear, body=act.body))
    if row is None:
        yield RowFault("entry without row", "act in the catalogue", "", act.seq, ANEW)
    elif any(row[name] != value for name, value in right.items()):
        record = str(right["record"])
        yield RowFault("row differs", "act in the catalogue", str(act.seq), act.seq, ANEW, record)


def _records(organisation: str, watermark: int, places: Mapping[str, int]) -> Iterator[RowFault]:
    missing = {record for record, place in places.items() if place <= watermark}
    rows = Record.objects.filter(organisation=organisation).values_list("id", "sequence")
    for record, sequence in rows.iterator():
        missing.discard(record)
        place = places.get(record)
        if place != sequence:
            kind = "row without entry" if place is None else "row differs"
            yield RowFault(kind, "record in the catalogue", record, sequence, ANEW, record)
    for record in sorted(missing):
        yield RowFault("entry without row", "record in the catalogue", "", places[record], ANEW, record)
