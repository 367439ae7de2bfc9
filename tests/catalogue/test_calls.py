"""What a call has besides."""

from importlib import import_module

import pytest
from django.db import connection

from muniment.catalogue import calls, intake
from muniment.catalogue.models import CallDetail, Record
from muniment.core.call_facts import MaskedSpan
from muniment.readers.calls import Call
from tests.catalogue.samples import ORGANISATION, batch, mail, record
from tests.readers.calls.samples import STARTED, the_facts

pytestmark = pytest.mark.django_db


def taken(content: Call) -> str:
    held = record(0)
    intake.take_in(ORGANISATION, batch(held), {held.record: content})
    return held.record


def test_every_figure_comes_back() -> None:
    facts = the_facts(
        252, dtmf=True, holds=((1, 2),), masks=(MaskedSpan(0, 1500, None, "api"),), parts=("b", "c")
    )
    name = taken(Call(facts, seconds=250, sound="WAV"))
    view = calls.calls_of(ORGANISATION, [name])[name]
    assert view == calls.CallView(
        direction="inbound", queue="Sales UK", extension="201", answered=STARTED // 1000, ended=STARTED // 1000 + 252,
        talk_seconds=252, seconds=250, notice="played", masked_ms=1500, mos=3.3, lost=1, streams=2, holds=1,
        keys_pressed=True, sound="WAV", global_id="g1", parts=("b", "c"), evidence=facts.notice,
    )  # fmt: skip


def several(*contents: Call) -> list[str]:
    """Calls of one organisation; their records."""
    held = [record(place) for place in range(len(contents))]
    read = {one.record: content for one, content in zip(held, contents, strict=True)}
    intake.take_in(ORGANISATION, batch(*held), read)
    return [one.record for one in held]


def named(call: str, shared: str = "", parts: tuple[str, ...] = ()) -> Call:
    return Call(the_facts(id=call, global_id=shared, parts=parts))


def test_recordings_that_share_the_calls_name_are_one_call() -> None:
    first, second, other = several(named("call_1", "g"), named("call_2", "g"), named("call_3", "h"))
    assert calls.united(ORGANISATION, [first, second, other]) == {first: (second,), second: (first,)}
    view = calls.calls_of(ORGANISATION, [first, other])
    assert (view[first].united, view[other].united) == ((second,), ())
    assert calls.with_parts(ORGANISATION, [first, other]) == (first, other, second)
    assert calls.with_parts(ORGANISATION, []) == ()


def test_calls_that_were_known_as_one_only_later_are_one_too() -> None:
    first, second = several(named("call_11", "g", ("call_12",)), named("call_12", "h", ("call_11",)))
    assert calls.united(ORGANISATION, [first]) == {first: (second,)}
    assert calls.united(ORGANISATION, [second]) == {second: (first,)}
    assert calls.united("org_b", [first]) == {}


def test_no_shared_name_unites_nothing_and_an_erased_part_is_gone() -> None:
    first, second, third = several(named("call_1"), named("call_2"), named("call_3", "g"))
    assert calls.united(ORGANISATION, [first, second, third]) == {}
    (one, two) = several_later("g2")
    assert calls.united(ORGANISATION, [one]) == {one: (two,)}
    intake.erase(ORGANISATION, two, 9)
    assert calls.united(ORGANISATION, [one]) == {}


def several_later(shared: str) -> list[str]:
    """Two more, after three."""
    held = [record(place) for place in (3, 4)]
    read = {one.record: named(f"call_{place}x", shared) for place, one in enumerate(held)}
    intake.take_in(ORGANISATION, batch(*held), read)
    return [one.record for one in held]


def test_a_mail_has_no_such_row() -> None:
    held = record(0)
    intake.take_in(ORGANISATION, batch(held), {held.record: mail()})
    assert calls.calls_of(ORGANISATION, [held.record]) == {}


def test_the_same_batch_again_changes_nothing() -> None:
    held = record(0)
    for _ in range(2):
        intake.take_in(ORGANISATION, batch(held), {held.record: Call(the_facts())})
    assert CallDetail.objects.count() == 1


def test_nothing_is_left_over_after_an_erasure() -> None:
    name = taken(Call(the_facts()))
    intake.erase(ORGANISATION, name, 5)
    assert not CallDetail.objects.exists()
    assert calls.left_over(ORGANISATION) == ()


def test_a_row_that_stayed_is_found() -> None:
    name = taken(Call(the_facts()))
    Record.objects.filter(pk=name).update(erased_at=5)
    assert calls.left_over(ORGANISATION) == (name,)


def test_a_call_that_was_catalogued_before_gets_its_own_name_from_those_that_a_switch_uses() -> None:
    migration = import_module("muniment.catalogue.migrations.0006_call_names")
    kept, alone = several(
        Call(the_facts(3, id="call_one", global_id="global_one")),
        Call(the_facts(3, id="call_two", global_id="", legs=(), evidence={})),
    )
    CallDetail.objects.update(call="")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    assert CallDetail.objects.get(pk=kept).call == "call_one"
    assert CallDetail.objects.get(pk=alone).call == "call_two"
