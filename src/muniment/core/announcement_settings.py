"""What a person may set about recording notices: `[[calls.announcement]]` in muniment.toml."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from muniment.core.call_outline import Outline, takes_part

type NoticeManner = Literal["before", "in-call", "none"]


class Announcement(BaseModel):
    """One version of one announcement. The sound itself is a WAV file that this machine can read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: str
    """The `org_…` identifier."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    version: Annotated[int, Field(ge=1)] = 1
    language: Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-GB"
    file: str
    """A WAV file, as the switch plays it."""
    text: str = ""
    """What it says, for those who cannot hear it (REQ 020)."""
    sources: tuple[str, ...] = ()
    """The sources it is played on; all where empty."""
    queues: tuple[str, ...] = ()
    """The queues it is played in; all where empty."""
    lines: tuple[str, ...] = ()
    """The called numbers and extensions it is played on; all where empty."""
    since: date = date(1970, 1, 1)
    until: date | None = None
    """The first and the last day on which it was in force (UTC)."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("an announcement ends before it begins")
        return self

    def in_force(self, day: date) -> bool:
        """Whether it is played on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def fits(self, call: Outline, day: date) -> bool:
        """Whether it was to be heard on such a call on that day."""
        return (
            self.in_force(day)
            and self.organisation == call.organisation
            and (not self.sources or call.source in self.sources)
            and (not self.queues or call.queue in self.queues)
            and (not self.lines or takes_part(call.numbers, self.lines))
        )
