"""Which mapping of columns to fields a command works with."""

from typing import TYPE_CHECKING

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.capture.calls.spool.choosing import Saving
    from muniment.capture.calls.spool.fields import Mapped
    from muniment.vault.client import CaptureDoor


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


def served(home: Home, name: str, zone: str, organisation: str = "") -> "Mapped":
    """As `chosen`, with what was saved on the pages of the one organisation, or the named one, by the server that runs.

    What stands in the settings needs no server.
    """
    from muniment.core import settings
    from muniment.vault.client import CaptureDoor

    if not name or name in {each.name for each in settings.load(home).calls.mapping}:
        return chosen(home, name, zone, organisation=organisation)
    door = CaptureDoor(home.socket("capture"))
    try:
        chosen_by = organisation or _only(door, name)
        return chosen(home, name, zone, organisation=chosen_by, saving=door)
    finally:
        door.close()


def _only(door: "CaptureDoor", name: str) -> str:
    """The one organisation of a server; NotAvailableError where none runs, WrongUseError where there are several."""
    try:
        known = [each.organisation for each in door.status().organisations]
    except NotAvailableError as error:
        raise NotAvailableError(
            f"There is no mapping {name!r} in muniment.toml, and nobody can say what was saved on the pages.",
            why=error.what,
            remedy="Start muniment serve, and try again.",
        ) from error
    if len(known) != 1:
        raise WrongUseError(
            "Say whose mapping it is.", remedy=f"Add --organisation, one of: {', '.join(known)}."
        )
    return known[0]


class _Nobody:
    """Knows no mapping: a command that runs without the keeper."""

    def mappings(self, _organisation: str) -> tuple[()]:
        return ()
