"""What a file of call details says to other rooms."""

from datetime import UTC, datetime

from muniment.core import canonical
from muniment.readers.calls.details import CallList, ExpectedCall, is_call_list

CALL = ExpectedCall(
    call="1772359200.15", started=1_772_359_200_000, caller="01632 960001", called="201", extension="201"
)


def test_both_sides_and_the_extension_are_addresses_once() -> None:
    assert CALL.addresses == ("+441632960001", "ext:201")


def test_it_begins_with_its_first_call() -> None:
    later = ExpectedCall(started=CALL.started + 5)
    assert CallList((later, CALL)).date == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert CallList((ExpectedCall(),)).date is None


def test_it_belongs_to_no_conversation_and_has_no_words() -> None:
    found = CallList((CALL,))
    assert (found.text, found.message_id, found.references, found.attachments, found.marking) == (
        "",
        "",
        (),
        (),
        (),
    )
    assert [(each.role, each.address) for each in found.parties] == [
        ("caller", "+441632960001"), ("called", "ext:201"), ("agent", "ext:201"),
    ]  # fmt: skip


def test_only_its_own_channel_is_one() -> None:
    assert is_call_list(canonical.dumps({"channel": "call-detail"}))
    assert not is_call_list(canonical.dumps({"channel": "call"}))
    assert not is_call_list(b"\xff")
