"""A person as the decision point sees one: the roles of this moment, every policy accepted or not."""

from datetime import date

from muniment.governance import entities
from muniment.people import services as people
from tests.governance.house import House


def test_roles_and_acceptance_are_those_of_the_moment(house: House) -> None:
    hana = house.person("hana")
    seen = entities.person(hana)
    assert seen.attributes["roles"] == {"employee", "hr"}
    assert seen.attributes["accepted"] is True
    drafted = people.draft_policy(
        house.organisation,
        subject="terms",
        number="1",
        title="Terms",
        text="Be kind.",
        effective=date(2026, 1, 1),
    )
    people.publish(house.desk, drafted, by="")
    assert entities.person(hana).attributes["accepted"] is False
    [policy] = people.waiting_policies(hana.id)
    people.accept(house.desk, hana.id, policy.id, sha256=policy.sha256, address=None)
    assert entities.person(hana).attributes["accepted"] is True


def test_references_name_persons_and_organisations(house: House) -> None:
    assert {reference.id for reference in entities.persons(["per_a", "per_b"])} == {"per_a", "per_b"}
    assert entities.owned_by("org_a").kind == "Organisation"
    assert entities.organisation("org_a").attributes == {}
