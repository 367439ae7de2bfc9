"""Silence on a live call while card data is said (REQ L16): at once, and in the ledger with who, when and why.

Silence begins before it is written down: a card number does not wait for a disk. It ends only after that is
written down.
"""

from typing import Protocol

import msgspec
from django.db import transaction

from muniment.capture.calls.control import Done, FindCall, PageShown, SilenceCall
from muniment.core import clock
from muniment.core.errors import WrongUseError
from muniment.governance.authorisation import AbsentError
from muniment.governance.desk import Desk, write
from muniment.governance.models import SilenceAct
from muniment.people.views import PersonView

LONGEST_REASON = 200  # characters


class Recorder(Protocol):
    """What is asked of the recorder: `capture.calls.door.RecorderDoor` is one."""

    def silence(self, request: SilenceCall | PageShown | FindCall) -> Done:
        """Silence on or off; what became of it."""


class SilenceView(msgspec.Struct, frozen=True):
    """A call's silence as it is now, and where its begin or end stands in the ledger (−1: nothing changed)."""

    call: str
    silent: bool
    rule: str
    ledger_sequence: int


def pause(desk: Desk, recorder: Recorder, actor: PersonView, call: str, why: str) -> SilenceView:
    """Silence from now on; the answer comes when no further word is kept. AbsentError for no such live call."""
    reason = _reason(why)
    done = _found(recorder.silence(_request(actor, call, on=True)))
    return _written(desk, actor, done, begins=True, why=reason)


def resume(desk: Desk, recorder: Recorder, actor: PersonView, call: str, why: str) -> SilenceView:
    """Sound again, unless a rule still asks for silence. AbsentError for no such live call."""
    reason = _reason(why)
    done = _found(recorder.silence(FindCall(call, actor.organisation)))
    written = _written(desk, actor, done, begins=False, why=reason)
    ended = _found(recorder.silence(_request(actor, done.call, on=False)))
    return SilenceView(ended.call, ended.silent, "", written.ledger_sequence)


def page(desk: Desk, recorder: Recorder, actor: PersonView, call: str, address: str) -> SilenceView:
    """The agent is on another page: silent while a rule fits it. The address itself is kept nowhere."""
    before = _found(recorder.silence(FindCall(call, actor.organisation)))
    done = _found(recorder.silence(PageShown(call, actor.organisation, address, actor.id)))
    if done.silent == before.silent:
        return SilenceView(done.call, done.silent, done.rule, -1)
    return _written(desk, actor, done, begins=bool(done.rule), why="page")


def _request(actor: PersonView, call: str, *, on: bool) -> SilenceCall:
    return SilenceCall(call, on, "api", actor.id, organisation=actor.organisation)


def _written(desk: Desk, actor: PersonView, done: Done, *, begins: bool, why: str) -> SilenceView:
    row = _row(actor, done.call, begins=begins, why=why, rule=done.rule)
    with transaction.atomic():
        write(desk, actor.organisation, row)
    return SilenceView(done.call, done.silent, done.rule, row.ledger_sequence)


def _row(actor: PersonView, call: str, *, begins: bool, why: str, rule: str) -> SilenceAct:
    return SilenceAct(
        organisation_id=actor.organisation,
        person_id=actor.id,
        call=call,
        begins=begins,
        why=why,
        rule=rule,
        at=clock.now(),
    )


def _found(done: Done) -> Done:
    if not done.done:
        raise AbsentError(
            "There is no such call under way.", remedy="Give the name that your switch has for it."
        )
    return done


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise WrongUseError("Say why, in at most 200 characters.", remedy='For example: "card data".')
    return reason
