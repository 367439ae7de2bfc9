"""The shapes on the wire are those of the rooms, and pages end where the list ends."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.api.shapes import Signed, page, page_of, plain, shape
from muniment.core.errors import WrongUseError
from muniment.governance.views import GrantView, PersonName


class Inner(msgspec.Struct, frozen=True):
    name: str


class Outer(msgspec.Struct, frozen=True):
    """An outer thing."""

    inner: Inner
    many: tuple[Inner, ...]
    pairs: tuple[tuple[str, str], ...]
    at: datetime | None
    facts: dict[str, object]


def test_a_view_goes_over_the_wire_with_its_names_and_types() -> None:
    outer = Outer(Inner("a"), (Inner("b"),), (("x", "y"),), datetime(2026, 1, 2, tzinfo=UTC), {"k": 1})
    sent = shape(Outer).model_validate(plain(outer)).model_dump(mode="json")
    assert sent == {
        "inner": {"name": "a"},
        "many": [{"name": "b"}],
        "pairs": [["x", "y"]],
        "at": "2026-01-02T00:00:00Z",
        "facts": {"k": 1},
    }
    assert shape(Outer).__doc__ == "An outer thing."
    assert shape(GrantView) is shape(GrantView)
    assert set(page_of(GrantView).model_fields) == {"items", "next"}


@given(st.integers(0, 30), st.integers(1, 10))
def test_following_the_cursor_gives_every_item_once_in_order(count: int, limit: int) -> None:
    items = [PersonName(str(number), "") for number in range(count)]
    seen: list[str] = []
    cursor = ""
    while True:
        answer = page(items, lambda one: one.id, cursor, limit)
        seen += [one["id"] for one in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert seen == [one.id for one in items]


def test_a_cursor_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(WrongUseError, match="cursor"):
        page([PersonName("a", "")], lambda one: one.id, "b", 10)


@pytest.mark.parametrize("statement", ["not base64!", "é", "====", "a"])
def test_a_statement_that_is_no_base64url_is_refused(statement: str) -> None:
    signed = Signed(statement=statement, person="p", key="k", kind="ed25519", signature="AAAA")
    with pytest.raises(WrongUseError):
        signed.opened()


class Maybe(msgspec.Struct, frozen=True):
    """A view with a part that may be unset."""

    part: int | msgspec.UnsetType = msgspec.UNSET


def test_what_is_unset_is_null_on_the_wire() -> None:
    made = shape(Maybe)
    assert made.model_validate(plain(Maybe())).model_dump() == {"part": None}
    assert made.model_validate(plain(Maybe(3))).model_dump() == {"part": 3}
