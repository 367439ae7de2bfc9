"""Which mapping of columns to fields a command works with."""

from typing import TYPE_CHECKING

from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.capture.calls.spool.choosing import Saving
    from muniment.capture.calls.spool.fields import Mapped


def chosen(
    home: Home, name: str, zone: str, *, organisation: str = "", saving: "Saving | None" = None
) -> "Mapped":
    """The mapping of that name; the habits of switches, in `zone` and the organisation's region, where it is empty.

    Without `saving`, which knows what was saved on the pages, only those of the settings are known.
    WrongUseError where there is no such mapping, or it names a field or a zone that there is not.
    """
    from muniment.capture.calls.spool.choosing import Mappings
    from muniment.core import settings

    known = settings.load(home)
    return Mappings(known.calls.mapping, saving or _Nobody()).find(
        organisation, name, zone, known.region(organisation)
    )


class _Nobody:
    """Knows no mapping: a command that runs without the keeper."""

    def mappings(self, _organisation: str) -> tuple[()]:
        return ()
