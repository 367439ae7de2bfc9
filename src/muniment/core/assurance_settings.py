"""What a person may set about completeness of calls: `[calls.assurance]` in muniment.toml."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

type Reason = Literal[
    "no-legal-ground", "not-connected", "personal-line", "technically-impossible", "works-council"
]
"""Coded, so that a report can count them; a free text would say nothing the next year."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UnrecordedLine(_Section):
    """An extension, number (E.164) or queue whose calls are not recorded, and why."""

    line: str
    reason: Reason


class AssuranceSettings(_Section):
    """How calls are held against what the switch says, and when somebody is told."""

    zone: str = "Europe/London"
    """In which a day begins and ends."""
    hour: Annotated[int, Field(ge=0, le=23)] = 6
    """From which hour on yesterday is reported: by then the switch has left its accounts."""
    again_days: Annotated[int, Field(ge=0, le=60)] = 7
    """For how many days a report is made again where late accounts or recordings change it."""
    window_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    """How far apart the two clocks may say that a call began."""
    shorter_seconds: Annotated[int, Field(ge=0)] = 5
    """By how much a recording may be shorter than the talk."""
    lost_percent: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Of packets, from which a recording counts as in part."""
    gaps: Annotated[int, Field(ge=0)] = 0
    """Gaps of one day that alarm nobody."""
    silent_hours: Annotated[int, Field(ge=0)] = 0
    """A source that gave calls before and has been silent for so long is named; 0: never."""
    unrecorded: tuple[UnrecordedLine, ...] = ()

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {zone!r}") from error
        return zone
