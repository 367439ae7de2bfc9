"""Who is with whom, and how each came. As clients say it, in test_scenarios."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.attendance import Attendance, Gathering, Happening


def together(*conversations: str, sure: bool = True) -> list[Gathering]:
    """Conversations named by their place; who is in each, a letter a person."""
    return [
        Gathering(str(place), frozenset(people), sure) for place, people in enumerate(conversations) if people
    ]


def begun(*conversations: str) -> Attendance:
    made = Attendance()
    assert made.look(together(*conversations or ("ab",))) == []
    return made


def test_whoever_is_named_before_two_have_been_there_is_of_the_call_from_the_beginning() -> None:
    made = begun("a")
    assert made.look(together("ab")) == []
    assert made.came == {}
    assert made.late == set()


def test_whoever_comes_as_another_goes_came_by_transfer() -> None:
    made = begun()
    assert made.look(together("ac")) == [Happening("left", "b"), Happening("transfer", "c")]
    assert made.late == {"c"}


def test_a_newcomer_beside_two_who_may_have_gone_came_by_transfer() -> None:
    assert begun().look(together("abc", sure=False)) == [Happening("transfer", "c")]


def test_three_at_once_are_a_conference() -> None:
    assert begun().look(together("abc")) == [Happening("conference", "c")]
    assert begun().look(together("ab", "bc"), frozenset("c")) == [Happening("conference", "c")]
    assert begun("abc").came == dict.fromkeys("abc", "conference")


def test_whoever_is_asked_in_a_second_conversation_is_consulted_and_goes_again() -> None:
    made = begun()
    assert made.look(together("ab", "bc")) == [Happening("consultation", "c")]
    assert made.look(together("ab")) == [Happening("left", "c")]
    assert made.came == {"c": "consultation"}


def test_whoever_was_asked_and_then_meets_the_caller_was_put_through() -> None:
    made = begun()
    made.look(together("ab", "bc"))
    assert made.look(together("ac")) == [Happening("left", "b"), Happening("transfer", "c")]
    asked = begun()
    asked.look(together("ab", "bc"))
    assert asked.look(together("abc")) == [Happening("conference", "c")]


def test_whoever_comes_to_somebody_left_alone_on_hold_has_picked_up() -> None:
    made = begun()
    assert made.look(together("a")) == [Happening("left", "b")]
    assert made.look(together("ac"), held=True) == [Happening("pick-up", "c")]
    alone = begun()
    alone.look(together("a"))
    assert alone.look(together("ac")) == [Happening("transfer", "c")]


def test_whoever_comes_back_has_only_joined_again() -> None:
    made = begun()
    made.look(together("a"))
    assert made.look(together("ab"), held=True) == [Happening("joined", "b")]


def test_two_recorders_that_speak_one_after_the_other_make_no_conference() -> None:
    made = Attendance()
    made.look([Gathering("0", frozenset("ab")), Gathering("0", frozenset("ab"))])
    assert made.look([Gathering("0", frozenset("ac")), Gathering("0", frozenset("ab"))]) == [
        Happening("transfer", "c")
    ]
    assert made.look([Gathering("0", frozenset("ac")), Gathering("0", frozenset("ac"))]) == [
        Happening("left", "b")
    ]


@given(st.lists(st.lists(st.text("abcde", max_size=4), max_size=3), max_size=12))
def test_whoever_is_there_came_once_and_whoever_left_was_there(steps: list[list[str]]) -> None:
    made, there, known = Attendance(), set[str](), set[str]()
    for step in steps:
        happened = made.look(together(*step))
        now = set("".join(step))
        settled = len(known) >= 2
        assert {each.who for each in happened if each.what == "left"} == (there - now if settled else set())
        came = [each.who for each in happened if each.what not in {"left", "joined"}]
        assert len(came) == len(set(came))
        assert set(came) <= now
        assert now - known <= set(came) or not settled
        there, known = now, known | now
