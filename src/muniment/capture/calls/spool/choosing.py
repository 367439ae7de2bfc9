"""Which mapping a source reads by: that of the settings, or else the one that was saved on the pages.

What `muniment.toml` says under a name counts first. What the pages save is asked of the keeper at each look, so
that it counts at once; while its organisation is locked nobody knows it, and what needs it waits. A mapping that was
retired reads nothing: what names it stays where it is, untouched, until another says how it is read.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.mapping import mapped_by
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.row_mapping import SavedMapping
from muniment.core.spool_settings import MappingSettings


class Saving(Protocol):
    """Who knows what was saved: `vault.client.CaptureDoor`."""

    def mappings(self, organisation: str) -> tuple[SavedMapping, ...]:
        """The last version of each mapping, retired ones as well; LockedError while nobody can know."""
        ...


class Mappings:
    """Every mapping that a source can name."""

    def __init__(self, settings: Iterable[MappingSettings], saving: Saving) -> None:
        """WrongUseError where one of the settings makes no sense."""
        self._settings = {each.name: mapped_by(each) for each in settings}
        self._saving = saving

    def find(self, organisation: str, name: str, zone: str, region: str) -> Mapped:
        """The mapping of that name; the habits of switches in `zone` and `region` where it is empty.

        WrongUseError where there is no such mapping or zone; NotAvailableError while nobody can say, and where it
        was retired.
        """
        if not name:
            mapped = Mapped(zone=zone, region=region)
            mapped.zone_info()
            return mapped
        mapped = self._settings.get(name) or self._saved(organisation, name)
        return mapped if mapped.region else Mapped(mapped.columns, mapped.zone, mapped.directions, region)

    def _saved(self, organisation: str, name: str) -> Mapped:
        saved = self._saving.mappings(organisation)
        for each in saved:
            if each.name == name and each.retired:
                raise _retired(each)
            if each.name == name:
                return mapped_by(each)
        known = sorted({*self._settings, *(each.name for each in saved if not each.retired)})
        raise WrongUseError(
            f"There is no mapping {name!r}.",
            remedy=f"Known are: {', '.join(known) or 'none'}. Save one on the page Calls, Mappings, or write a"
            " [[calls.mapping]] in muniment.toml.",
        )


def _retired(mapping: SavedMapping) -> NotAvailableError:
    day = datetime.fromtimestamp(mapping.retired, UTC).date()
    return NotAvailableError(
        f"The mapping {mapping.name!r} was retired on {day}: what names it stays where it is, untouched.",
        why="Nobody has said since how such files are read.",
        remedy="Save it again on the page Calls, Mappings, or name another in muniment.toml.",
    )
