"""What a call has besides."""

import pytest

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
        keys_pressed=True, sound="WAV", global_id="g1", parts=("b", "c"),
    )  # fmt: skip


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
