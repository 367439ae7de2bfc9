"""The calls under way, and which of them a dialog belongs to: one call is one record, however many speak of it."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from muniment.capture.calls.account import Account
from muniment.capture.calls.leg import Leg, NextNumber
from muniment.capture.calls.silences import Silences
from muniment.core.call_settings import CallSource

MOST_LEGS = 16  # dialogs of one call; a client that opens more under one name is not describing a call
PICKED_UP_MS = 3_600_000  # milliseconds after its end in which a call goes on in another of its group
MOST_PAST = 10_000  # calls with a group that are remembered


class Past(NamedTuple):
    """A call with a group that is over: who was in it, and under which name its recordings are one call."""

    call: str
    global_id: str
    people: frozenset[str]
    ended: int


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
        self._past: OrderedDict[tuple[str, str], Past] = OrderedDict()

    def sharing(self, organisation: str, names: tuple[str, ...]) -> LiveCall | None:
        """The live call that has one of these names and room for another dialog."""
        for name in names:
            known = self.all.get(self._joins.get((organisation, name), ""))
            if known is not None and len(known.legs) < MOST_LEGS:
                return known
        return None

    def of_group(self, organisation: str, groups: tuple[str, ...], people: frozenset[str]) -> LiveCall | None:
        """The live call of one of these groups with somebody in common: a consultation, a call put through.

        Somebody in common is asked for because a client that puts all its calls into one group must not make
        one record of them.
        """
        for call in self.all.values():
            if (
                call.source.organisation == organisation
                and any(group in call.account.groups for group in groups)
                and people & call.account.parties.keys()
                and len(call.legs) < MOST_LEGS
            ):
                return call
        return None

    def before(
        self, organisation: str, groups: tuple[str, ...], people: frozenset[str], now: int
    ) -> Past | None:
        """The call that this one goes on from: of the same group, with somebody in common, over for an hour at most."""
        for group in groups:
            past = self._past.get((organisation, group))
            if past is not None and now - past.ended <= PICKED_UP_MS and people & past.people:
                return past
        return None

    def remember(self, call: LiveCall, ended: int) -> None:
        """A kept call is over; another of its group may go on from it."""
        account = call.account
        past = Past(call.id, account.global_id, frozenset(account.parties), ended)
        for group in account.groups:
            key = (call.source.organisation, group)
            self._past[key] = past
            self._past.move_to_end(key)
        while len(self._past) > MOST_PAST:
            self._past.popitem(last=False)

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

    def follow(self, call: LiveCall, past: Past) -> None:
        """A call goes on from one that is over: both are one call."""
        call.account.joins = {past.global_id: None, **call.account.joins}
        call.account.parts[past.call] = None

    def side_of(self, call: LiveCall, names: Iterable[str]) -> str:
        """The dialog that spoke first of the conversation with these names; empty where none did."""
        wanted = set(names)
        return next((each.side for each in call.legs.values() if wanted & set(each.names)), "")

    def remove(self, call: LiveCall) -> None:
        """A call is over; its names are free."""
        self.all.pop(call.id, None)
        for name in call.account.joins:
            if self._joins.get((call.source.organisation, name)) == call.id:
                del self._joins[call.source.organisation, name]
