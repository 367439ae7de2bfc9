"""Listen to a call in progress under a grant: decided anew for each second, and in the ledger before the first.

1. Only calls on the lines of the grant are shown, and only the holder sees them.
2. Staff who are in the call, or whose line it is, must have been told that this may happen, and something on
   the line must tell them (REQ 023): its call carries how, and keeps it.
3. The keeper checks warrant and the holder's own signature over this very call, writes that it begins, and
   gives a token; the recorder gives sound only for that, after asking the keeper again.
4. What the recorder gives is decoded in the confined child of this opening, like any recording. Nothing of it
   is kept: the call becomes a record, which takes a grant of its own.
"""

from datetime import datetime
from typing import Protocol

import msgspec

from muniment.capture.calls.control import CallsUnderWay, CallUnderWay, Heard
from muniment.core import clock
from muniment.core.call_facts import CallFacts
from muniment.core.canonical import Json
from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.lines import lines_of
from muniment.governance import denials, entities, granting, staff_notice, statements, words
from muniment.governance.authorisation import AbsentError, Action, require
from muniment.governance.desk import Desk
from muniment.governance.models import Grant
from muniment.governance.purposes import purpose
from muniment.governance.statements import ToSign
from muniment.governance.views import GrantState, GrantView
from muniment.people.views import PersonView
from muniment.release import opening
from muniment.release.models import Reading
from muniment.release.opening import LONGEST_READING, digest_of
from muniment.release.sound import messages
from muniment.release.sound.listening import children
from muniment.release.sound.messages import Described, Task
from muniment.release.sound.wave import Wave
from muniment.vault.authority import statements as texts
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Monitoring

MONITOR = "monitor"
LEAD = 100  # ms decoded in front of a window, so that a packet across its edge is heard whole
_TOKEN_BYTES = 32


class Recorder(Protocol):
    """What is asked of the recorder: `capture.calls.door.RecorderDoor` is one."""

    def under_way(self, organisation: str, lines: tuple[str, ...]) -> CallsUnderWay:
        """The calls on these lines."""

    def hear(self, organisation: str, token: bytes) -> Heard:
        """What came since the last time."""


class MonitoringDesk(Desk, Protocol):
    """The keeper's desk door with what listening asks of it besides."""

    def monitor(self, organisation: str, warrant: str, call: str, assertion: SignedStatement) -> Monitoring:
        """Let a warrant's holder hear a call; the entry is in the ledger on return."""

    def stop_monitoring(self, organisation: str, token: bytes) -> None:
        """The listener has left."""


class LiveCall(msgspec.Struct, frozen=True):
    """A call in progress that a grant covers. `obstacle` says why it cannot be heard now; empty if it can."""

    facts: CallFacts
    silent: bool
    obstacle: str


class Listening(msgspec.Struct, frozen=True):
    """One call that its listener hears until `until`; `token` reaches it."""

    token: str
    call: str
    grant: GrantView
    opened: datetime
    until: datetime
    watermark: str


class Second(msgspec.Struct, frozen=True):
    """What came since the last time: a WAV file, empty where nothing did. `over` says why no more comes."""

    wave: bytes
    silent: bool
    over: str


def calls(desk: Desk, recorder: Recorder, actor: PersonView, grant: str) -> tuple[LiveCall, ...]:
    """The calls in progress that the actor's own grant covers, the oldest first; none once it is over.

    RefusedError for no such grant, written and listed.
    """
    with denials.written(desk, actor, MONITOR, grant[:80]):
        row = _own(actor, grant)
    if granting.state(row) is not GrantState.LIVE:
        return ()
    found = recorder.under_way(actor.organisation, _lines(row)).calls
    return tuple(LiveCall(one.facts, one.silent, _obstacle(actor, row, one)) for one in found)


def ask(desk: Desk, recorder: Recorder, actor: PersonView, grant: str, call: str) -> ToSign:
    """What the holder is to sign to hear one call; whoever may not is refused, written and listed."""
    with denials.written(desk, actor, MONITOR, f"{grant} {call}"[:80]):
        row = _own(actor, grant)
        _require(recorder, actor, row, call)
    statement = texts.build_opening(
        organisation=actor.organisation,
        warrant=row.warrant_hash,
        holder=actor.id,
        records=[],
        action=texts.Action.MONITOR,
        call=call,
    )
    return statements.monitoring(
        statement, purpose=purpose(row.request.purpose).name, case=row.request.case.title
    )


def begin(
    desk: MonitoringDesk,
    recorder: Recorder,
    actor: PersonView,
    grant: str,
    call: str,
    assertion: SignedStatement,
) -> Listening:
    """Begin to listen. A refusal, here or by the keeper, is written to the ledger and listed."""
    with denials.written(desk, actor, MONITOR, f"{grant} {call}"[:80]):
        row = _own(actor, grant)
        _require(recorder, actor, row, call)
        started = desk.monitor(actor.organisation, row.warrant_hash, call, assertion)
    reading, token = opening.begun(actor, row, call, MONITOR, session=started.token)
    return _view(actor, reading, token)


def one(actor: PersonView, token: str) -> Listening:
    """What the actor listens to under this token, while its half hour lasts and its grant stands."""
    return _view(actor, _reading(actor, token), token)


def next_second(desk: MonitoringDesk, recorder: Recorder, actor: PersonView, token: str) -> Second:
    """What came of the call since the last time. NotAvailableError where it cannot be decoded.

    Where somebody comes into the call who was not told, or it is put through to a line that tells nobody, it ends.
    """
    reading = _reading(actor, token)
    heard = recorder.hear(actor.organisation, bytes(reading.session))
    if heard.over:
        children().forget(reading.digest)
    elif heard.facts is not None and (why := _unaware(actor, reading.grant, heard.facts)):
        desk.stop_monitoring(actor.organisation, bytes(reading.session))
        return Second(b"", silent=False, over=why)
    return Second(_decoded(reading.digest, heard) if heard.data else b"", heard.silent, heard.over)


def end(desk: MonitoringDesk, actor: PersonView, token: str) -> str:
    """Listen no more; gives the grant's id. The ledger says how much was heard."""
    reading = _begun(actor, token)
    desk.stop_monitoring(actor.organisation, bytes(reading.session))
    children().forget(reading.digest)
    reading.delete()
    return str(reading.grant_id)


def _own(actor: PersonView, grant: str) -> Grant:
    row = granting.row_of(actor, grant)
    if row.holder_id != actor.id or MONITOR not in row.actions:
        raise RefusedError(
            "This grant lets you listen to no call in progress.",
            why="Only its holder does, where it was granted for that.",
            remedy="Ask for it in a new request.",
        )
    return row


def _require(recorder: Recorder, actor: PersonView, row: Grant, call: str) -> CallUnderWay:
    """The call, if the actor may hear it now; RefusedError says why not."""
    found = next(
        (each for each in recorder.under_way(actor.organisation, _lines(row)).calls if each.facts.id == call),
        None,
    )
    if found is None:
        _allow(actor, row)
        raise RefusedError(
            "There is no such call in progress on the lines of your grant.", remedy="It may be over."
        )
    untold = _untold(actor, row, found.facts)
    _allow(actor, row, told=not untold, tells=bool(staff_notice.manners(found.facts)))
    if not found.kept:
        raise RefusedError(
            "This call cannot be heard yet.",
            why="Its recording notice has not ended: until then it may still be declined.",
            remedy="Try again in a moment.",
        )
    return found


def _allow(actor: PersonView, row: Grant, *, told: bool = True, tells: bool = True) -> None:
    context: dict[str, Json] = {"time": clock.seconds(), "staffTold": told, "lineTells": tells}
    require(entities.person(actor), Action.MONITOR, granting.entity(row), context)


def _untold(actor: PersonView, row: Grant, facts: CallFacts) -> tuple[PersonView, ...]:
    present = frozenset[str]().union(*map(lines_of, facts.parties))
    notice = staff_notice.on_line(actor.organisation, staff_notice.manners(facts))
    return staff_notice.untold(actor.organisation, row.request.about, present | {*_lines(row)}, notice)


def _unaware(actor: PersonView, row: Grant, facts: CallFacts) -> str:
    """Who does not know that they may be listened to, or that nothing tells them; empty where all is well."""
    if not staff_notice.manners(facts):
        return "nothing is set on this line that tells whoever speaks there"
    if untold := _untold(actor, row, facts):
        return f"{words.listing([person.name for person in untold])} must first have been told"
    return ""


def _obstacle(actor: PersonView, row: Grant, call: CallUnderWay) -> str:
    if why := _unaware(actor, row, call.facts):
        return f"{why[0].upper()}{why[1:]}."
    return "" if call.kept else "Its notice has not ended yet."


def _lines(row: Grant) -> tuple[str, ...]:
    return texts.lines_of(texts.read(texts.Warrant, bytes(row.warrant)))


def _reading(actor: PersonView, token: str) -> Reading:
    """The listening under this token, if its grant stands."""
    reading = _begun(actor, token)
    _allow(actor, reading.grant)
    return reading


def _begun(actor: PersonView, token: str) -> Reading:
    reading = (
        Reading.objects.select_related("grant__request__case", "grant__holder", "grant__revocation")
        .filter(
            digest=digest_of(token),
            person_id=actor.id,
            action=MONITOR,
            opened__gte=clock.now() - LONGEST_READING,
        )
        .first()
    )
    if reading is None:
        raise AbsentError(
            "You do not listen to this call any more.",
            why="You have ended it, or your half hour is over.",
            remedy="Begin again from your grant.",
        )
    return reading


def _view(actor: PersonView, reading: Reading, token: str) -> Listening:
    opened = reading.opened
    return Listening(
        token=token,
        call=reading.record,
        grant=granting.view(granting.row_of(actor, reading.grant_id)),
        opened=opened,
        until=min(opened + LONGEST_READING, reading.grant.not_after),
        watermark=f"{actor.name}, {words.when(int(opened.timestamp()))}",
    )


def _decoded(opening: str, heard: Heard) -> bytes:
    """The window as a WAV file of one or two channels, exactly as long as its time."""
    data = heard.data

    def read(offset: int, length: int) -> bytes:
        return data[offset : offset + length]

    start = max(heard.start - LEAD, 0)
    known = children().do(opening, Task("describe", "siprec", len(data), facts=heard.facts), read)
    found = children().do(
        opening, Task("hear", "siprec", len(data), facts=heard.facts, start=start, end=heard.end), read
    )
    if not isinstance(known, Described) or not isinstance(found, messages.Heard):
        why = found.why if isinstance(found, messages.Unreadable) else ""
        raise NotAvailableError("This call cannot be heard.", why=why, remedy="It is recorded all the same.")
    wave = Wave(known.rate, known.channels, heard.end - heard.start)
    frame = known.channels * 2
    skipped = (heard.start - start) * known.rate // 1000 * frame
    samples = found.data[skipped : skipped + wave.sound_bytes]
    return wave.head() + samples + bytes(wave.sound_bytes - len(samples))
