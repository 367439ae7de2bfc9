"""Mappings of a switch's columns to our fields, saved on the pages and told to the importers by the keeper.

Each saving is a version with an entry of its own, and so is the end of one: nothing is deleted. What `muniment.toml` says under a name counts before them: a
name that stands there is not saved here.
"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from muniment.capture.calls.spool.fields import FIELDS
from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.phone_numbers import known_region
from muniment.core.row_mapping import RowMapping
from muniment.governance.authorisation import AbsentError
from muniment.governance.desk import Desk, write
from muniment.governance.models import CallMapping, CallMappingEnd
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
    """A version of a mapping: who saved it and when, and who retired it and when, where somebody did."""

    name: str
    version: int
    mapping: RowMapping
    saved_by: str
    at: datetime
    retired_by: str = ""
    retired: datetime | None = None


def listed(actor: PersonView) -> tuple[MappingView, ...]:
    """The last version of each mapping, by name, retired ones as well. RefusedError for whoever may not see them."""
    found: dict[str, MappingView] = {}
    for row in _rows(actor):
        found.setdefault(row.name, _view(row))
    return tuple(found.values())


def history(actor: PersonView, name: str) -> tuple[MappingView, ...]:
    """Every version of a mapping, the last one first; AbsentError where there is none of that name."""
    found = tuple(map(_view, _rows(actor).filter(name=name)))
    if not found:
        raise AbsentError("There is no such mapping.")
    return found


def retire(desk: Desk, actor: PersonView, name: str) -> MappingView:
    """Take a mapping out of use: what names it stays where it is from the importers' next look on.

    RefusedError for who may not; WrongUseError where it is retired already. Its versions stay.
    """
    _require_keeper(actor)
    last = _rows(actor).filter(name=name).first()
    if last is None:
        raise AbsentError("There is no such mapping.")
    if getattr(last, "end", None) is not None:
        raise WrongUseError(f"{name} is retired already.")
    row = CallMappingEnd(
        organisation_id=actor.organisation, mapping=last, ended_by_id=actor.id, ended=clock.now()
    )
    with transaction.atomic():
        write(desk, actor.organisation, row)
    return _view(last)


def save(
    desk: Desk, actor: PersonView, name: str, mapping: RowMapping, *, taken: Collection[str] = ()
) -> MappingView:
    """Save a mapping under a name, as its next version: importers read by it from their next look on.

    `taken` are the names that the settings have. RefusedError for who may not; WrongUseError where the mapping
    names what there is not.
    """
    _require_keeper(actor)
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


def _rows(actor: PersonView) -> QuerySet[CallMapping]:
    if not actor.roles & READERS:
        raise RefusedError("You may not see how files of switches are read.")
    rows = CallMapping.objects.filter(organisation_id=actor.organisation)
    return rows.select_related("person", "end__ended_by")


def _require_keeper(actor: PersonView) -> None:
    if not actor.roles & KEEPERS:
        raise RefusedError("Only who runs the system maps the columns of a switch.", remedy="Ask them.")


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
    end: CallMappingEnd | None = getattr(row, "end", None)
    ended = (end.ended_by.name, end.ended) if end else ("", None)
    return MappingView(row.name, row.version, mapping, row.person.name, row.at, *ended)
