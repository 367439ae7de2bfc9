"""What happens next, and by when."""

from datetime import timedelta

from muniment.core import clock
from muniment.governance import requests
from muniment.governance.models import Grant
from muniment.governance.progress import progress
from tests.governance.house import House
from tests.governance.test_granting import revoked


def test_each_state_says_who_is_next_and_until_when(house: House) -> None:
    names = house.records(1)
    looked_for = house.submitted()
    found = progress(looked_for)
    assert found.next == "Cora looks for the records."
    assert found.by == looked_for.submitted + timedelta(days=14)
    waiting = house.located(looked_for, names)
    assert "Dora" in progress(waiting).next
    assert progress(waiting).by is None
    done = house.approve("dora", waiting)
    assert progress(done).next == "Hana may read and listen to 1 record."
    assert progress(done).by == Grant.objects.get().not_after
    assert not progress(done).over


def test_nothing_follows_a_refusal_an_end_or_a_revocation(house: House) -> None:
    names = house.records(1)
    refused = house.refuse("dora", house.located(house.submitted(), names))
    assert progress(refused).over
    assert "Dora refused it" in progress(refused).next
    taken, ended = house.granted(names), house.granted(names)
    revoked(house, "dora", taken.grant)
    Grant.objects.filter(pk=ended.grant).update(not_after=clock.now() - timedelta(days=1))
    hana = house.person("hana")
    assert progress(requests.one(hana, taken.id)).state == "Taken back"
    assert progress(requests.one(hana, ended.id)).state == "Ended"


def test_between_two_signatures_it_says_that_one_is_there(house: House) -> None:
    request = house.located(
        house.submitted("ines", "bulk_export", actions=["view", "export"]), house.records(1)
    )
    half = house.approve("cora", request, beside=[house.id("dora")])
    assert progress(half).next.startswith("Cora said yes; another yes is needed.")
