"""A request while it is written: saved as it goes, seen by its author only."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import drafts
from muniment.governance.authorisation import AbsentError
from tests.governance.house import House


def test_parts_are_saved_one_by_one_and_nothing_is_lost(house: House) -> None:
    hana = house.person("hana")
    draft = drafts.begin(hana, "business").id
    drafts.change(hana, draft, given={"reason": "A reason for it."})
    drafts.change(hana, draft, given={"extension": "214"}, not_known=["when"])
    drafts.change(hana, draft, about=[house.id("eve")], purpose="K10")
    view = drafts.one(hana, draft)
    assert view.given == {"reason": "A reason for it.", "extension": "214"}
    assert (view.not_known, view.purpose, view.about[0].name) == (("when",), "K10", "Eve")


def test_nobody_else_sees_or_changes_it(house: House) -> None:
    draft = drafts.begin(house.person("hana"), "business").id
    for name in ("ines", "cora", "dora", "ada"):
        with pytest.raises(AbsentError):
            drafts.one(house.person(name), draft)
        with pytest.raises(AbsentError):
            drafts.change(house.person(name), draft, purpose="K1")
    drafts.discard(house.person("hana"), draft)
    assert drafts.own(house.person("hana")) == ()


@pytest.mark.parametrize("name", ["eve", "ira", "ada", "aud", "cora"])
def test_whom_the_matrix_does_not_name_cannot_ask(house: House, name: str) -> None:
    with pytest.raises(RefusedError):
        drafts.begin(house.person(name), "business")


def test_each_sees_the_classes_that_they_may_ask_for(house: House) -> None:
    def names(name: str) -> set[str]:
        return {str(row.request_class) for row in drafts.askable(house.person(name))}

    assert "business" in names("hana")
    assert names("cora") >= {"dsar", "police", "erasure"}
    assert names("eve") == names("ira") == names("aud") == set()
    assert "hold_release" not in names("cora")


def test_odd_input_is_refused_by_name(house: House) -> None:
    hana = house.person("hana")
    for category in ("gossip", "hold_release"):
        with pytest.raises(WrongUseError):
            drafts.begin(hana, category)
    draft = drafts.begin(hana, "business").id
    with pytest.raises(WrongUseError, match="no field colour"):
        drafts.change(hana, draft, given={"colour": "red"})
    with pytest.raises(WrongUseError, match="not known in your organisation"):
        drafts.change(hana, draft, about=[house.estate.house().id("eve")])
