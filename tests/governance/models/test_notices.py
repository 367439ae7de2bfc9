"""The outbox keeps the order in which things happened."""

from muniment.governance import notices
from muniment.governance.models import Notice
from tests.governance.house import House


def test_notices_stand_in_order_and_only_for_people_with_an_account(house: House) -> None:
    from muniment.people import services as people  # noqa: PLC0415

    for subject in ("first", "second"):
        notices.tell(house.id("cora"), subject, "Body.", "/")
    notices.tell(people.add_person(house.organisation, "Caller").id, "third", "Body.", "/")
    assert [str(notice) for notice in Notice.objects.all()] == ["first", "second"]
