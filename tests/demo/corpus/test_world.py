"""Who there is."""

from muniment.demo.corpus.world import load


def test_nobody_has_anothers_address() -> None:
    addresses = [each.address for each in load().people]
    assert len(addresses) == len(set(addresses)) > 80


def test_every_address_is_one_that_nobody_can_own() -> None:
    for each in load().people:
        assert each.address.isascii()
        assert each.address.endswith(".example")
        assert each.telephone == "" or each.telephone.startswith(
            ("01632 960", "07700 900")
        )  # kept for fiction


def test_people_are_found_by_group_firm_or_name() -> None:
    world = load()
    assert {each.name for each in world.group("board")} == {"Margaret Holroyd", "Diane Okafor"}
    assert [each.name for each in world.group("colin.maddox")] == ["Colin Maddox"]
    assert len(world.of_firm("brackenfield-joinery.example")) == 3
    assert world.group("nobody") == ()
