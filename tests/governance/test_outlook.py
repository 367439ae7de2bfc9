"""What will become of a draft."""

from muniment.governance import drafts
from muniment.governance.outlook import outlook
from tests.governance.house import House


def begun(house: House, category: str, *about: str, by: str = "hana") -> str:
    actor = house.person(by)
    draft = drafts.begin(actor, category)
    return drafts.change(actor, draft.id, about=[house.id(name) for name in about]).id


def test_it_names_who_looks_and_who_decides(house: House) -> None:
    way = outlook(house.person("hana"), begun(house, "business"))
    assert way.locator == "Cora"
    [seat] = way.deciders
    assert "Dora" in [one.name for one in seat]
    assert (way.obstacle, way.days, way.actions) == ("", 14, ("view", "listen"))


def test_whom_it_is_about_is_not_among_them(house: House) -> None:
    way = outlook(house.person("hana"), begun(house, "business", "dora"))
    assert "Dora" not in [one.name for seat in way.deciders for one in seat]


def test_what_nobody_may_look_for_says_so_before_it_is_signed(house: House) -> None:
    way = outlook(house.person("hana"), begun(house, "business", "cora"))
    assert way.deciders == ()
    assert "Nobody may look" in way.obstacle
