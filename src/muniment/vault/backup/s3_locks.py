"""Locks that are prolonged: nobody can delete packs of a backup before their time, and their time must not run out.

What is still needed stays locked: the packs of every organisation that is here, or that a generation of keys in
the backup could restore; of a pack, the objects that its bytes are read from. What counts no more (an extent that
a later course replaced, an organisation that is nowhere any more) is left to run out.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from muniment.vault.backup import generations
from muniment.vault.backup.s3 import Bucket


class Prolonged(msgspec.Struct, frozen=True):
    """Of `objects` that are needed, how many locks were prolonged; those of `lapsed` had run out, or never were."""

    objects: int
    prolonged: int
    lapsed: int

    @property
    def says(self) -> str:
        """One sentence for a person."""
        lapsed = f" {self.lapsed} had run out and are locked again." if self.lapsed else ""
        return f"{self.objects} objects of packs are locked; {self.prolonged} for longer than before.{lapsed}"


def prolong(bucket: Bucket, organisations: Iterable[str], now: int) -> Prolonged:
    """Lock anew, for all of the bucket's days, what is needed and locked for less than half of them.

    `organisations` are those that are here. Whoever calls this does it several times in that half.
    NotAvailableError where the store does not do it; FaultFoundError if a generation is damaged.
    """
    moment, span = datetime.fromtimestamp(now, UTC), timedelta(days=bucket.lock_days)
    objects = prolonged = lapsed = 0
    for name in _needed(bucket, organisations):
        objects += 1
        until = bucket.locked_until(name)
        if until is None or until < moment + span / 2:
            bucket.lock_until(name, moment + span)
            prolonged += 1
            lapsed += until is None or until <= moment
    return Prolonged(objects, prolonged, lapsed)


def _needed(bucket: Bucket, organisations: Iterable[str]) -> Iterable[str]:
    kept = {part.organisation for each in generations.listing(bucket).whole for part in each.organisations}
    for organisation in sorted({*organisations, *kept}):
        yield from bucket.objects_of(generations.packs(organisation))
