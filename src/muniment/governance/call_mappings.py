"""Mappings of a switch's columns to our fields, saved on the pages and told to the importers by the keeper.

Each saving is a version with an entry of its own. What `muniment.toml` says under a name counts before them: a
name that stands there is not saved here.
"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

import msgspec
from django.db import transaction

from muniment.capture.calls.spool.fields import FIELDS
from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.phone_numbers import known_region
from muniment.core.row_mapping import RowMapping
from muniment.governance.desk import Desk, write
from muniment.governance.models import CallMapping
from muniment.people.roles import ADMINISTERING_ROLES, Role
from muniment.people.views import PersonView

KEEPERS: Final = ADMINISTERING_ROLES
"""Who saves a mapping: whoever connects the sources."""
READERS: Final = ADMINISTERING_ROLES | {Role.AUDITOR, Role.DATA_CONTROLLER}
DIRECTIONS: Final = ("inbound", "outbound", "internal")
LONGEST: Final = 200  # characters of a column's name or a word
MOST_WORDS: Final = 50  # for directions
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class MappingView(msgspec.Struct, frozen=True):
    """The last version of a mapping, who saved it and when."""

    name: str
    version: int
    mapping: RowMapping
    saved_by: str
    at: datetime


def listed(actor: PersonView) -> tuple[MappingView, ...]:
    """The last version of each mapping, by name. RefusedError for whoever may not see them."""
    if not actor.roles & READERS:
        raise RefusedError("You may not see how files of switches are read.")
    found: dict[str, MappingView] = {}
    rows = CallMapping.objects.filter(organisation_id=actor.organisation).select_related("person")
    for row in rows:
        found.setdefault(row.name, _view(row))
    return tuple(found.values())


def save(
    desk: Desk, actor: PersonView, name: str, mapping: RowMapping, *, taken: Collection[str] = ()
) -> MappingView:
    """Save a mapping under a name, as its next version: importers read by it from their next look on.

    `taken` are the names that the settings have. RefusedError for who may not; WrongUseError where the mapping
    names what there is not.
    """
    if not actor.roles & KEEPERS:
        raise RefusedError("Only who runs the system maps the columns of a switch.", remedy="Ask them.")
    _require_name(name, taken)
    columns = {field: column.strip() for field, column in mapping.columns.items()}
    directions = {word.strip(): way for word, way in mapping.directions.items() if word.strip()}
    _require(columns, directions, mapping)
    last = CallMapping.objects.filter(organisation_id=actor.organisation, name=name).first()
    row = CallMapping(
        organisation_id=actor.organisation,
        person_id=actor.id,
        name=name,
        version=last.version + 1 if last else 1,
        columns=columns,
        directions=directions,
        zone=mapping.zone,
        region=mapping.region,
        at=clock.now(),
    )
    with transaction.atomic():
        write(desk, actor.organisation, row)
    return _view(row)


def _require_name(name: str, taken: Collection[str]) -> None:
    if not _NAME.fullmatch(name):
        raise WrongUseError(
            "Give it a name in small letters, such as hosted.",
            why="Digits, hyphens and full stops may follow.",
        )
    if name in taken:
        raise WrongUseError(
            f"{name} is in muniment.toml already, which counts first.",
            remedy="Choose another name, or take it out there.",
        )


def _require(columns: dict[str, str], directions: dict[str, str], mapping: RowMapping) -> None:
    if unknown := sorted(set(columns) - set(FIELDS)):
        raise WrongUseError(f"{', '.join(unknown)} is no field.", remedy=f"Fields are: {', '.join(FIELDS)}.")
    if not any(columns.values()):
        raise WrongUseError("No column is chosen.", remedy="Choose at least one.")
    if len(directions) > MOST_WORDS or not set(directions.values()) <= set(DIRECTIONS):
        raise WrongUseError("A word for a direction means inbound, outbound or internal.")
    if any(len(text) > LONGEST for text in (*columns.values(), *directions)):
        raise WrongUseError(f"The name of a column has at most {LONGEST} characters.")
    if mapping.zone not in available_timezones():
        raise WrongUseError(f"There is no time zone {mapping.zone!r}.", remedy="Write Europe/London.")
    try:
        known_region(mapping.region)
    except ValueError as error:
        raise WrongUseError("There is no such country of numbers.", remedy="Write GB or IE.") from error


def _view(row: CallMapping) -> MappingView:
    mapping = RowMapping(row.columns, row.directions, row.zone, row.region)
    return MappingView(row.name, row.version, mapping, row.person.name, row.at)
