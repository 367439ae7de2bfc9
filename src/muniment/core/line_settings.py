"""What a person may set about lines: `[[calls.line]]` in muniment.toml (REQ 020, 023)."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from muniment.core.call_facts import StaffEvidence
from muniment.core.call_outline import Outline, takes_part
from muniment.core.notice_reasons import NoNotice

type StaffManner = Literal["display", "page", "tone"]
"""How whoever speaks for us knows that a call is recorded or listened to: the telephone's display shows it,
the page of recording says it and was acknowledged, a tone is in the call."""

MANNERS: dict[StaffManner, str] = {
    "display": "The telephone or the desktop shows it during the call",
    "page": "The page “What is recorded” says it; each person acknowledges it",
    "tone": "A tone is heard in the call",
}


class LineSettings(BaseModel):
    """What holds of some lines. A call is theirs where source, queue and number fit; what is empty fits all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: str
    """The `org_…` identifier."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    sources: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """Extensions and called numbers; one that ends in `*` is the beginning of several."""
    queues: tuple[str, ...] = ()
    no_notice: NoNotice = ""
    """The coded reason why callers hear no notice on these lines; empty where they do."""
    staff: tuple[StaffManner, ...] = ()
    """How staff know that they are recorded or listened to while they speak; without any, nothing tells them then."""
    tone_hertz: Annotated[int, Field(ge=0, le=3400)] = 0
    """The pitch of the tone in the call; only with "tone" in `staff`. 0: it is not looked for."""
    tone_every: Annotated[int, Field(ge=1, le=120)] = 15
    """Seconds between two beginnings of the tone."""

    @model_validator(mode="after")
    def _the_tone_belongs_to_its_manner(self) -> Self:
        if self.tone_hertz and "tone" not in self.staff:
            raise ValueError('tone_hertz belongs to staff = ["tone"]')
        return self

    def holds(self, call: Outline) -> bool:
        """Whether a call is on one of these lines."""
        return (
            self.organisation == call.organisation
            and (not self.sources or call.source in self.sources)
            and (not self.queues or call.queue.lower() in {each.lower() for each in self.queues})
            and (not self.lines or takes_part(call.numbers, self.lines))
        )


def line_of(lines: tuple[LineSettings, ...], call: Outline) -> LineSettings | None:
    """The first setting that holds of a call: the order in the file counts."""
    return next((each for each in lines if each.holds(call)), None)


def staff_notice(lines: tuple[LineSettings, ...], call: Outline) -> StaffEvidence | None:
    """How whoever speaks for us in this call knows of it; None where nothing tells them."""
    line = line_of(lines, call)
    if line is None or not line.staff:
        return None
    return StaffEvidence(line.name, line.staff, line.tone_hertz, line.tone_every if line.tone_hertz else 0)
