"""What every row that states an act has: its place in the ledger, and the facts that stand there too."""

import hashlib
from datetime import datetime
from typing import ClassVar

from django.db import models

from muniment.core import canonical
from muniment.core.canonical import Json
from muniment.core.tags import EventTag


class Recorded(models.Model):
    """One act. The row is never changed; `facts` is what the sealed body of its ledger entry says.

    `muniment.governance.compare` recomputes the digest of the facts, so that an edited row is found.
    """

    tag: ClassVar[EventTag]
    """The tag of the ledger entry that stands beside the row."""
    sealed_facts: ClassVar[bool] = True
    """Whether the entry's body holds the facts; false where the keeper wrote the entry itself."""

    ledger_sequence = models.BigIntegerField()
    ledger_digest = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def facts(self) -> dict[str, Json]:
        """The row as canonical JSON can say it, without its place in the ledger."""
        raise NotImplementedError

    def digest(self) -> str:
        """SHA-256 of the canonical facts, in hex."""
        return facts_digest(self.facts())

    @classmethod
    def kind_name(cls) -> str:
        """The name by which a fault speaks of such a row."""
        return str(cls._meta.verbose_name)


def facts_digest(facts: dict[str, Json]) -> str:
    """SHA-256 of canonical facts, in hex."""
    return hashlib.sha256(canonical.dumps(facts)).hexdigest()


def moment(value: datetime) -> int:
    """A time as facts write it: whole seconds since 1970, UTC."""
    return int(value.timestamp())
