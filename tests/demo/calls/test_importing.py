"""The past calls as a search and the pages find them."""

from datetime import date, timedelta

from muniment.demo.calls import script
from tests.demo.conftest import Running


def test_the_start_says_how_many_were_sealed(running: Running) -> None:
    past = [call for call in script.load().call if not call.live]
    spoken = sum(bool(call.says) for call in past)
    listed = sum(call.channel == "call" for call in past)
    firm = running.card.organisations[0].name
    assert f"{firm}: {spoken} calls sealed, and the switch's account of {listed}" in running.printed


def test_a_day_of_the_last_week_has_a_call_that_the_tour_looks_for(running: Running) -> None:
    day = date.fromisoformat(running.card.examples["unrecorded_day"])
    [missing] = [call for call in script.load().call if not call.says]
    assert script.began(missing, [], day + timedelta(days=1)).date() <= day + timedelta(days=1)
    assert running.card.examples["grant_to_copy"].startswith("grant_")
