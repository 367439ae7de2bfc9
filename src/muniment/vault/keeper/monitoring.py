"""Listening to a call under way: at the desk door it begins, at the capture door it is asked about and ended.

Requests of people come to the desk door, where the warrant and the listener's own signature are checked and
the entry is written. The recorder asks at the capture door, which gives nothing that opens a record.
"""

from collections.abc import Sequence

from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.authority import floor
from muniment.vault.authority.statements import Action, lines_of
from muniment.vault.keeper.books import assertion_hash, require_unused
from muniment.vault.keeper.entries import Clear, Entry, MonitorBody, MonitorEndBody, write_body
from muniment.vault.keeper.monitors import Listener
from muniment.vault.keeper.sessions import Sessions
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import Monitored, Monitoring, Receipt

LONGEST_WHY = 100  # letters
LONGEST_NAME = 100  # letters of a call's name


def begin(room: Strongroom, sessions: Sessions, request: ask.Monitor) -> Monitoring:
    """Let the holder of a warrant to monitor hear one call, once the ledger says so."""
    if not 0 < len(request.call) <= LONGEST_NAME:
        raise WrongUseError("Name the call.")
    end_missed(room, sessions)
    books = room.books

    def compose(now: int) -> Sequence[Entry]:
        standing = books.standing(request.warrant, now)
        key = floor.check_use(
            standing.admitted,
            request.assertion,
            action=Action.MONITOR,
            record=None,
            used=standing.used,
            register=books.register,
            private=(),
            now=now,
            call=request.call,
        )
        require_unused(books, request.assertion, "")
        clear = Clear(
            tag=EventTag.MONITOR_STARTED,
            time=now,
            warrant=request.warrant,
            rule=standing.admitted.warrant.category,
            demo=key.demo or standing.admitted.demo,
            action=Action.MONITOR,
            assertion=assertion_hash(request.assertion),
        )
        return (Entry(clear, write_body(MonitorBody(key.person, request.assertion, request.call))),)

    room.act(compose)
    warrant = books.warrants[request.warrant].admitted.warrant
    token = sessions.monitors.begin(
        room.organisation, request.warrant, request.call, lines_of(warrant), warrant.not_after
    )
    # A revocation may have come between the ledger's entry and this line.
    if books.warrants[request.warrant].revoked:
        sessions.monitors.stop(room.organisation, "the grant was taken back", token=token)
    return Monitoring(token, sessions.monitors.find(room.organisation, token).until)


def stop(room: Strongroom, sessions: Sessions, request: ask.StopMonitoring) -> None:
    """The listener has left."""
    sessions.monitors.stop(room.organisation, "the listener left", token=request.token)


def look(room: Strongroom, sessions: Sessions, request: ask.AskMonitoring) -> Monitored:
    """What a token is good for now."""
    found = sessions.monitors.find(room.organisation, request.token)
    return Monitored(found.call, found.lines, found.until, found.over)


def end(room: Strongroom, sessions: Sessions, request: ask.EndMonitoring) -> Receipt:
    """Write that a listener has ended, and forget the token."""
    if request.heard < 0 or not 0 < len(request.why) <= LONGEST_WHY:
        raise WrongUseError("Say how much was heard, and why it ended, in a few words.")
    found = sessions.monitors.remove(room.organisation, request.token)
    return _ended(room, found, request.heard, found.over or request.why)


def end_missed(room: Strongroom, sessions: Sessions) -> None:
    """Write the end of those of whom the recorder never said it: it was ended itself."""
    for found in sessions.monitors.missed(room.organisation):
        _ended(room, found, 0, "the recorder did not say how much was heard")


def _ended(room: Strongroom, found: Listener, heard: int, why: str) -> Receipt:
    body = write_body(MonitorEndBody(found.call, heard, why))

    def compose(now: int) -> Sequence[Entry]:
        return (Entry(Clear(tag=EventTag.MONITOR_ENDED, time=now, warrant=found.warrant), body),)

    return room.act(compose)
