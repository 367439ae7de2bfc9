"""What a person may set about recordings that come as files: `[[calls.spool]]` and `[[calls.mapping]]`."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from muniment.core.phone_numbers import Region

type Seconds = Annotated[int, Field(ge=0)]
type Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MappingSettings(_Section):
    """How the files of a hosted switch or a carrier name their fields.

    `columns` go from our fields (started, caller, called, recording …) to its columns, `directions` from its
    words for a direction to inbound, outbound or internal.
    """

    name: Name
    columns: dict[str, str] = {}
    directions: dict[str, Literal["inbound", "outbound", "internal"]] = {}
    zone: str = "Europe/London"
    region: Region = ""


class SpoolSettings(_Section):
    """One folder in which a switch, a carrier's drop or a person leaves recordings."""

    organisation: str
    """The `org_…` identifier."""
    path: str
    kind: Literal["auto", "3cx", "asterisk", "freeswitch", "meetings", "sidecar", "vcon", "voicemail"] = (
        "auto"
    )
    source: Name = "spool"
    """The name that the capture statement gives to the place the recordings came from."""
    every: Annotated[int, Field(ge=1)] = 30
    """Seconds between two looks."""
    rest: Seconds = 10
    """Seconds without a change after which a file counts as whole."""
    patience: Seconds = 600
    """Seconds that a recording waits for the switch's account of its call."""
    mapping: str = ""
    """The name of a mapping, where the switch's own names of fields are not known here."""
    zone: str = "Europe/London"
    """The zone of times that name none, where there is no mapping."""
    region: Region = ""
    """The country of numbers that name none, where there is no mapping."""
    after: Literal["keep", "remove", "move"] = "keep"
    """What becomes of a file once it is on stable storage here."""
    moved_to: str = ""

    @model_validator(mode="after")
    def _moved_somewhere(self) -> Self:
        if (self.after == "move") != bool(self.moved_to):
            raise ValueError("moved_to belongs to after = 'move', and only to it")
        return self
