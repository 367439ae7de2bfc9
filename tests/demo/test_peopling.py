"""People and policies as the ledger has them."""

from collections import Counter

import msgspec

from muniment.core.tags import EventTag
from muniment.demo.peopling import ACCEPTS_LATER
from muniment.vault.client import DeskDoor
from tests.demo.conftest import Running


def tags(running: Running, organisation: str) -> Counter[str]:
    with DeskDoor(running.home.socket("desk")) as desk:
        acts = desk.acts(organisation, -1, 10_000)
    return Counter(msgspec.json.decode(act.clear)["tag"] for act in acts)


def test_roles_and_policies_are_in_the_ledger(running: Running) -> None:
    for organisation in running.card.organisations:
        people = [each for each in running.card.personas if each.organisation == organisation.organisation]
        seen = tags(running, organisation.organisation)
        published = 2 if organisation.key == "wethercote" else 1
        assert seen[EventTag.ROLE_CHANGED] == sum(len(each.roles) for each in people)
        assert seen[EventTag.POLICY_PUBLISHED] == published
        later = sum(each.key in ACCEPTS_LATER for each in people)
        assert seen[EventTag.POLICY_ACCEPTED] == published * (len(people) - later)
