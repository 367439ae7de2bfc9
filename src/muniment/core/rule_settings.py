"""Which calls and meetings are recorded, by category: `[[calls.rule]]` in muniment.toml (REQ 024)."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from muniment.core.call_facts import RuleMatched
from muniment.core.call_outline import Outline, takes_part

type Decision = Literal["leave-out", "record"]
type RuledChannel = Literal["call", "meeting", "voicemail"]
type RuledDirection = Literal["inbound", "internal", "outbound"]

MARK = "rule "
"""How the ledger's word on a call of which nothing was kept begins where a rule left it out."""


class RecordingRule(BaseModel):
    """One rule. The first that fits decides; a call that none fits is recorded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: str
    """The `org_…` identifier."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    category: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9 _-]{0,39}$")]
    """What kind of conversation: "client support", "project delivery", "works council" …"""
    decision: Decision
    reason: Annotated[str, Field(max_length=200)] = ""
    """Why; a call that is left out needs one, and one that is recorded may have one."""
    channels: tuple[RuledChannel, ...] = ()
    sources: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    directions: tuple[RuledDirection, ...] = ()
    lines: tuple[str, ...] = ()
    """Extensions and numbers of ours that take part; one that ends in `*` is the beginning of several."""
    numbers: tuple[str, ...] = ()
    """Numbers of the other side, in the same way. A call fits only where both `lines` and `numbers` do."""

    @model_validator(mode="after")
    def _what_is_left_out_has_a_reason(self) -> Self:
        if self.decision == "leave-out" and not self.reason:
            raise ValueError("a rule that leaves calls out says why, in `reason`")
        if not (
            self.channels or self.sources or self.queues or self.directions or self.lines or self.numbers
        ):
            raise ValueError("a rule says which calls it is of")
        return self

    def fits(self, call: Outline) -> bool:
        """Whether a call is of this kind, by what is known of it."""
        return (
            self.organisation == call.organisation
            and (not self.channels or call.channel in self.channels)
            and (not self.sources or call.source in self.sources)
            and (not self.queues or call.queue.lower() in {each.lower() for each in self.queues})
            and (not self.directions or call.direction in self.directions)
            and (not self.lines or takes_part(call.numbers, self.lines))
            and (not self.numbers or takes_part(call.numbers, self.numbers))
        )

    @property
    def matched(self) -> RuleMatched:
        """What the facts of a call say of the rule that it fits."""
        return RuleMatched(self.name, self.category, self.decision, self.reason)

    @property
    def word(self) -> str:
        """What the ledger says of a call that was left out: the rule, and nothing of the call."""
        return f"{MARK}{self.name}"


def rule_of(rules: Iterable[RecordingRule], call: Outline) -> RecordingRule | None:
    """The rule that decides; None where none fits, and the call is recorded."""
    return next((each for each in rules if each.fits(call)), None)


def ruled_out(word: str) -> str:
    """The rule that a word of the ledger names; empty where somebody declined instead."""
    return word.removeprefix(MARK) if word.startswith(MARK) else ""
