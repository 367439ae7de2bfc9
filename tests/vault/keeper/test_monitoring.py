"""Listening to a call under way, at the keeper: in the ledger first, and for no longer than the warrant says."""

import msgspec
import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.authority import statements
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import Action
from muniment.vault.keeper import entries
from muniment.vault.keeper.monitors import LIFE, MISSED
from muniment.vault.messages import ActEntry, Monitored, Monitoring
from tests.vault.firm import Firm

CALL = "call_1"


def granted(firm: Firm, **changes: object) -> str:
    text = firm.warrant([], **{"actions": [Action.MONITOR], "lines": ["201", "202"], **changes})
    return firm.admit(text, [])


def signed(firm: Firm, warrant: str, call: str = CALL, **changes: object) -> SignedStatement:
    return firm.assertion(warrant, [], **{"action": Action.MONITOR, "call": call, **changes})


def begin(firm: Firm, warrant: str, call: str = CALL, assertion: SignedStatement | None = None) -> Monitoring:
    found = firm.do(ask.Monitor(firm.organisation, warrant, call, assertion or signed(firm, warrant, call)))
    assert isinstance(found, Monitoring)
    return found


def look(firm: Firm, token: bytes) -> Monitored:
    found = firm.do(ask.AskMonitoring(firm.organisation, token))
    assert isinstance(found, Monitored)
    return found


def acts(firm: Firm, tag: EventTag) -> list[ActEntry]:
    found = firm.do(ask.AskActs(firm.organisation, -1, 1000))
    assert isinstance(found, tuple)
    return [each for each in found if entries.read_clear(each.clear).tag is tag]


def test_the_entry_stands_before_the_token_is_given(firm: Firm) -> None:
    warrant = granted(firm)
    found = begin(firm, warrant)
    (entry,) = acts(firm, EventTag.MONITOR_STARTED)
    body = entries.read_body(entries.MonitorBody, entry.body)
    assert (body.call, body.person) == (CALL, firm.asker.id)
    assert entries.read_clear(entry.clear).warrant == warrant
    assert CALL.encode() not in entry.clear, "which call it was is sealed"
    assert look(firm, found.token) == Monitored(CALL, ("201", "202"), found.until)
    assert found.until == firm.clock.time + LIFE


def test_nothing_is_given_without_a_warrant_to_monitor(firm: Firm) -> None:
    (record,) = firm.seal(b"a recorded call")
    reading = firm.admit(firm.warrant([record], actions=[Action.LISTEN]), [record])
    for warrant in (reading, "0" * 64):
        with pytest.raises(RefusedError):
            begin(firm, warrant)
    assert not acts(firm, EventTag.MONITOR_STARTED)


def test_the_holder_signs_for_this_very_call_and_once(firm: Firm) -> None:
    warrant = granted(firm)
    once = signed(firm, warrant)
    begin(firm, warrant, assertion=once)
    with pytest.raises(RefusedError, match="before"):
        begin(firm, warrant, assertion=once)
    for bad in (
        signed(firm, warrant, "call_2"),
        signed(firm, warrant, ""),
        signed(firm, warrant, time=firm.clock.time - 31 * 60),
        firm.assertion(warrant, [], firm.director, action=Action.MONITOR, call=CALL),
    ):
        with pytest.raises(RefusedError):
            begin(firm, warrant, assertion=bad)
    with pytest.raises(WrongUseError):
        begin(firm, warrant, "", signed(firm, warrant, ""))


def test_a_warrant_is_used_up_also_after_a_restart(firm: Firm) -> None:
    warrant = granted(firm, cap=2)
    begin(firm, warrant)
    firm.restart()
    begin(firm, warrant)
    with pytest.raises(RefusedError, match="used up"):
        begin(firm, warrant)


def test_a_token_opens_no_record_and_is_lost_with_the_keeper(firm: Firm) -> None:
    token = begin(firm, granted(firm)).token
    with pytest.raises(RefusedError):
        firm.do(ask.Read(token, 0, 1))
    firm.restart()
    with pytest.raises(RefusedError):
        look(firm, token)


def test_a_grant_that_is_taken_back_silences_at_once(firm: Firm) -> None:
    warrant = granted(firm)
    token = begin(firm, warrant).token
    text = statements.build_revocation(
        organisation=firm.organisation, warrant=warrant, person=firm.director.id, reason="enough"
    )
    firm.do(ask.Revoke(firm.organisation, warrant, firm.director.sign(text)))
    assert look(firm, token).over == "the grant was taken back"
    with pytest.raises(RefusedError):
        begin(firm, warrant)


def test_the_end_says_how_much_was_heard_and_why(firm: Firm) -> None:
    warrant = granted(firm)
    token = begin(firm, warrant).token
    firm.do(ask.StopMonitoring(firm.organisation, token))
    assert look(firm, token).over == "the listener left"
    firm.do(ask.EndMonitoring(firm.organisation, token, 4200, "nobody asked any more"))
    (entry,) = acts(firm, EventTag.MONITOR_ENDED)
    body = entries.read_body(entries.MonitorEndBody, entry.body)
    assert (body.call, body.heard, body.why) == (CALL, 4200, "the listener left")
    assert entries.read_clear(entry.clear).warrant == warrant
    with pytest.raises(RefusedError):
        firm.do(ask.EndMonitoring(firm.organisation, token, 1, "again"))


def test_an_end_of_which_the_recorder_never_spoke_is_written_all_the_same(firm: Firm) -> None:
    begin(firm, granted(firm))
    firm.clock.time += LIFE + MISSED + 1
    firm.keeper.tend()
    assert len(acts(firm, EventTag.MONITOR_ENDED)) == 1
    firm.keeper.tend()
    assert len(acts(firm, EventTag.MONITOR_ENDED)) == 1


def test_nobody_else_writes_these_entries(firm: Firm) -> None:
    for tag in (EventTag.MONITOR_STARTED, EventTag.MONITOR_ENDED):
        with pytest.raises(RefusedError):
            firm.append(tag=tag)


def test_what_is_not_monitored_is_signed_as_ever(firm: Firm) -> None:
    """Older texts have neither lines nor call, and their hashes stay what they were."""
    assert b"lines" not in firm.warrant([])
    assert b"call" not in statements.build_opening(
        organisation="o", warrant="w", holder="h", records=[], action=Action.LOCATE
    )
    assert msgspec.json.decode(firm.warrant([], lines=["2", "1", "2"]))["lines"] == ["1", "2"]
