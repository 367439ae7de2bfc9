"""The calls under way, and which of them a dialog belongs to: one call is one record, however many speak of it."""

from dataclasses import dataclass, field

from muniment.capture.calls.account import Account
from muniment.capture.calls.leg import Leg, NextNumber
from muniment.capture.calls.silences import Silences
from muniment.core.call_settings import CallSource

MOST_LEGS = 16  # dialogs of one call; a client that opens more under one name is not describing a call


@dataclass
class LiveCall:
    """A call that is being recorded."""

    id: str
    source: CallSource
    account: Account
    numbers: NextNumber = field(default_factory=NextNumber)
    legs: dict[str, Leg] = field(default_factory=dict)
    kept: bool = False
    notice_ends: int = 0
    """Milliseconds since 1970; 0 where no notice is waited for."""
    silences: Silences = field(default_factory=Silences)
    caller: str = ""
    """The address of who called, once something says so; it stands in the file of the live call."""
    heard_until: int = 0
    """When the notice that was heard is over; 0 while none was."""
    left_out: str = ""
    """What the ledger will say of the call where a rule leaves it out."""
    undecided_until: int = 0
    """Until when a rule waits for what is not known yet; 0: none does."""


class LiveCalls:
    """The calls of one recorder by our names, and by the names that their clients gave."""

    def __init__(self) -> None:
        self.all: dict[str, LiveCall] = {}
        self._joins: dict[tuple[str, str], str] = {}

    def sharing(self, organisation: str, names: tuple[str, ...]) -> LiveCall | None:
        """The live call that has one of these names and room for another dialog."""
        for name in names:
            known = self.all.get(self._joins.get((organisation, name), ""))
            if known is not None and len(known.legs) < MOST_LEGS:
                return known
        return None

    def named(self, name: str, organisation: str) -> LiveCall | None:
        """A live call by our name, or by one that its recording client gave."""
        live = self.all.get(name)
        if live is None:
            live = next(
                (each for each in self.all.values()
                 if (not organisation or each.source.organisation == organisation)
                 and (name in each.account.dialogs or name in each.account.joins)),
                None,
            )  # fmt: skip
        return live if live and organisation in {"", live.source.organisation} else None

    def add(self, call: LiveCall) -> None:
        """A call begins."""
        self.all[call.id] = call

    def join(self, call: LiveCall, names: tuple[str, ...]) -> None:
        """A call has these names too."""
        for name in names:
            call.account.joins[name] = None
            other = self._joins.setdefault((call.source.organisation, name), call.id)
            if other != call.id and other in self.all:
                # Two live calls turn out to be one: each names the other as a part of it.
                call.account.parts[other] = None
                self.all[other].account.parts[call.id] = None

    def remove(self, call: LiveCall) -> None:
        """A call is over; its names are free."""
        self.all.pop(call.id, None)
        for name in call.account.joins:
            if self._joins.get((call.source.organisation, name)) == call.id:
                del self._joins[call.source.organisation, name]
