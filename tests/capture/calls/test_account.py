"""What is known of a call when it is over. Whole calls are in test_session."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.account import ASSUMED_ROLES, Account, Named
from muniment.core.call_facts import CallStream, decode, encode
from tests.capture.calls.client import source


def account(*parties: Named) -> Account:
    made = Account("call_1", source(), 1_000)
    made.parties = {party.address: party for party in parties}
    return made


def test_who_is_said_to_call_is_the_caller_whatever_the_order() -> None:
    facts = account(Named("sip:201@x", calling=False), Named("sip:01632960001@x", calling=True)).facts(2_000)
    assert [(party.role, party.dialled) for party in facts.parties] == [
        ("caller", "01632960001"),
        ("called", "201"),
    ]
    assert facts.direction == "inbound"
    assert ASSUMED_ROLES not in facts.defects


def test_roles_that_nobody_said_are_called_assumed() -> None:
    assert ASSUMED_ROLES in account(Named("sip:201@x"), Named("sip:202@x")).facts(2_000).defects
    assert ASSUMED_ROLES not in account(Named("sip:201@x")).facts(2_000).defects


def test_a_placeholder_is_nobody_once_somebody_is_there() -> None:
    assert len(account(Named("sip:ASBCE@asbce.example"), Named("sip:201@x")).facts(2_000).parties) == 1
    assert len(account(Named("sip:ASBCE@asbce.example")).facts(2_000).parties) == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 100)), max_size=12))
def test_masks_and_holds_are_closed_and_in_order(changes: list[tuple[bool, int]]) -> None:
    made, at = account(), 1_000
    for on, pause in changes:
        at += pause
        made.mask(at, 0, "sip", "sbc", on=on)
        made.hold(at, on=on)
    facts = made.facts(at + 5)
    for spans in ([(span.start, span.end) for span in facts.masks], list(facts.holds)):
        flat = [moment for span in spans for moment in span]
        assert flat == sorted(flat)
        assert not flat or flat[-1] <= at + 5
    assert [(span.start, span.end) for span in facts.masks] == list(facts.holds)


def test_it_is_silent_where_nothing_of_it_is_kept() -> None:
    made = account()
    made.streams |= {number: CallStream(number, "", None, (), 0, 0, 0, 0, 0.0, 0.0, 0) for number in (0, 1)}
    found = [made.silent]
    for stream, why, on in (
        (None, "api", True), (None, "api", False), (0, "sip", True), (1, "sip", True), (0, "sip", False),
    ):  # fmt: skip
        made.mask(1, stream, why, "somebody", on=on)
        found.append(made.silent)
    assert found == [False, True, False, False, True, False], "while one side is kept it is not"


def test_the_facts_can_be_written_and_read_back() -> None:
    facts = account(Named("sip:201@x", "Ann", streams=(0,))).facts(2_000)
    assert decode(encode(facts)) == facts
