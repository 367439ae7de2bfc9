"""Silence on a live call: at once, and in the ledger with who, when and why."""

from dataclasses import dataclass, field

import pytest

from muniment.capture.calls.control import Done, FindCall, PageShown, SilenceCall
from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import silencing
from muniment.governance.authorisation import AbsentError
from muniment.governance.models import SilenceAct
from tests.governance.house import House


@dataclass
class Recorder:
    """One live call, named `switch-7` by its switch; a page with `pay` in it silences."""

    organisation: str
    silent: bool = False
    asked: list[object] = field(default_factory=list)

    def silence(self, request: SilenceCall | PageShown | FindCall) -> Done:
        self.asked.append(request)
        if request.call not in {"switch-7", "call_7"} or request.organisation != self.organisation:
            return Done(done=False)
        rule = ""
        if isinstance(request, SilenceCall):
            self.silent = request.on
        elif isinstance(request, PageShown):
            self.silent = "pay" in request.page
            rule = "shop" if self.silent else ""
        return Done(done=True, call="call_7", silent=self.silent, rule=rule)


def bodies(house: House) -> list[bytes]:
    acts = house.desk.acts(house.organisation, -1, 1000)
    return [act.body for act in acts if EventTag.CALL_SILENCED.encode() in act.clear]


def test_begin_and_end_stand_in_the_ledger(house: House) -> None:
    recorder, eve = Recorder(house.organisation), house.person("eve")
    begun = silencing.pause(house.desk, recorder, eve, "switch-7", " card  data ")
    assert (begun.call, begun.silent) == ("call_7", True)
    ended = silencing.resume(house.desk, recorder, eve, "switch-7", "said")
    assert not ended.silent
    first, second = bodies(house)[-2:]
    assert b"card data" in first
    assert b"call_7" in first
    assert house.id("eve").encode() in first
    assert b'"begins":false' in second
    assert [row.begins for row in SilenceAct.objects.order_by("pk")] == [True, False]


def test_an_unknown_call_and_another_organisation_s_are_absent(house: House) -> None:
    before = len(bodies(house))
    with pytest.raises(AbsentError):
        silencing.pause(house.desk, Recorder("org_other"), house.person("eve"), "switch-7", "card")
    with pytest.raises(AbsentError):
        silencing.resume(house.desk, Recorder(house.organisation), house.person("eve"), "switch-8", "card")
    assert len(bodies(house)) == before


@pytest.mark.parametrize("why", ["", "  ", "x" * 201])
def test_without_a_reason_nothing_is_asked_of_the_recorder(house: House, why: str) -> None:
    recorder = Recorder(house.organisation)
    with pytest.raises(WrongUseError):
        silencing.pause(house.desk, recorder, house.person("eve"), "switch-7", why)
    assert recorder.asked == []


def test_a_page_is_written_only_where_it_changes_something_and_never_its_address(house: House) -> None:
    recorder, eve = Recorder(house.organisation), house.person("eve")
    before = len(bodies(house))
    assert (
        silencing.page(house.desk, recorder, eve, "switch-7", "https://shop.example/list").ledger_sequence
        == -1
    )
    assert (
        silencing.page(house.desk, recorder, eve, "switch-7", "https://shop.example/pay?4111").rule == "shop"
    )
    assert not silencing.page(house.desk, recorder, eve, "switch-7", "https://shop.example/thanks").silent
    found = bodies(house)[before:]
    assert len(found) == 2
    assert not any(b"4111" in body or b"shop.example" in body for body in found)
