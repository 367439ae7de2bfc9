"""Which mapping of columns to fields a command works with."""

from typing import TYPE_CHECKING

from muniment.core.errors import WrongUseError
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.capture.calls.spool.fields import Mapped


def chosen(home: Home, name: str, zone: str) -> "Mapped":
    """The mapping of that name in the settings; the habits of switches, in `zone`, where `name` is empty.

    WrongUseError where there is no such mapping, or it names a field or a zone that there is not.
    """
    from muniment.capture.calls.spool.fields import Mapped
    from muniment.capture.calls.spool.mapping import mapped_by
    from muniment.core import settings

    if not name:
        mapped = Mapped(zone=zone)
        mapped.zone_info()
        return mapped
    known = {each.name: each for each in settings.load(home).calls.mapping}
    if name not in known:
        raise WrongUseError(
            f"There is no mapping {name!r}.",
            remedy=f"Known are: {', '.join(known) or 'none; write a [[calls.mapping]] in muniment.toml'}.",
        )
    return mapped_by(known[name])
