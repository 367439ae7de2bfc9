"""What the settings say of one call, from the moment that enough of it is known (REQ 020, 023, 024).

1. The first recording rule that fits decides. A call that it leaves out is silent at once and is never kept.
2. Where such a rule asks for something that a live call does not say yet (a switch that names the parties only
   in its second message), the call stays provisional for a moment, so that nothing is kept too early.
3. A kept call that a rule leaves out later (it was put through to another line) is silent from there on.
4. The first line setting that fits says why no notice is given there, and how staff know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from muniment.core.call_facts import CallFacts, NoticeEvidence, RuleMatched, StaffEvidence
from muniment.core.call_outline import Outline, outline
from muniment.core.line_settings import LineSettings, line_of, staff_notice
from muniment.core.notice_reasons import evidence
from muniment.core.rule_settings import RecordingRule, rule_of

UNDECIDED_MS = 3_000
"""For how long a call is not kept while a rule waits for what is not known of it."""

FEWEST = 2  # parties of a call


class Ruled(Protocol):
    """What is noted of a live call: `capture.calls.account.Account` is one."""

    notice: NoticeEvidence
    rule: RuleMatched | msgspec.UnsetType
    staff: StaffEvidence | msgspec.UnsetType


@dataclass(frozen=True)
class Ruling:
    """The rules and the lines of the settings."""

    rules: tuple[RecordingRule, ...] = ()
    lines: tuple[LineSettings, ...] = ()

    def leaves_out(self, call: Outline) -> RecordingRule | None:
        """The rule that leaves this call out, where the first that fits does."""
        found = rule_of(self.rules, call)
        return found if found is not None and found.decision == "leave-out" else None

    def undecided(self, call: Outline, parties: int) -> bool:
        """Whether a rule could still leave the call out by something that nobody has said yet.

        `parties` counts those that are named: a call has two at least.
        """
        return any(
            ((rule.lines or rule.numbers) and parties < FEWEST)
            or (rule.queues and not call.queue)
            or (rule.directions and call.direction == "unknown")
            for rule in self.rules
            if rule.organisation == call.organisation and rule.decision == "leave-out"
        )  # fmt: skip

    def settle(self, call: Outline, ruled: Ruled, tell: Callable[..., None]) -> None:
        """Note what rule and line say of a live call; `tell` is given an event of each that is news."""
        rule = rule_of(self.rules, call)
        if rule is not None and ruled.rule != rule.matched:
            ruled.rule = rule.matched
            tell("rule", rule=rule.name, category=rule.category, decision=rule.decision)
        line = line_of(self.lines, call)
        if line is None:
            return
        if (staff := self.staff(call)) and ruled.staff != staff:
            ruled.staff = staff
            tell("monitor-notice", line=staff.line, manners=" ".join(staff.manners))
        if line.no_notice and ruled.notice.state == "unknown":
            ruled.notice = evidence(line.no_notice)

    def staff(self, call: Outline) -> StaffEvidence | msgspec.UnsetType:
        """How whoever speaks for us in such a call knows that it is recorded; UNSET where nothing tells them."""
        return staff_notice(self.lines, call) or msgspec.UNSET

    def settled(self, facts: CallFacts, organisation: str, source: str, channel: str) -> CallFacts:
        """The facts of a recording that comes as a file, with what rule and line say of it."""
        ruled = _Noted(facts.notice)
        self.settle(outline(organisation, source, facts, channel), ruled, lambda *_, **__: None)
        return msgspec.structs.replace(facts, notice=ruled.notice, rule=ruled.rule, staff=ruled.staff)


@dataclass
class _Noted:
    notice: NoticeEvidence
    rule: RuleMatched | msgspec.UnsetType = msgspec.UNSET
    staff: StaffEvidence | msgspec.UnsetType = msgspec.UNSET
