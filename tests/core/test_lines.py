"""Lines: one form for each, and a call is covered only by a line that takes part in it."""

import pytest

from muniment.core.call_facts import CallParty
from muniment.core.lines import covers, lines_in, lines_of, words


def test_what_people_write_becomes_one_form() -> None:
    assert lines_in("201, ext:202; 01632 960 111\n+44 1632 960111,, sip:desk@Firm.example") == (
        "+441632960111",
        "ext:201",
        "ext:202",
        "sip:desk@firm.example",
    )
    assert lines_in("the sales desk") == ()


@pytest.mark.parametrize(
    ("line", "covered"),
    [("ext:201", True), ("+441632960111", True), ("ext:20", False), ("+441632960112", False), ("", False)],
)
def test_a_call_is_covered_by_a_line_that_takes_part_in_it(line: str, covered: bool) -> None:
    parties = (
        CallParty("caller", dialled="01632960111", address="sip:01632960111@firm.example"),
        CallParty("called", dialled="201", extension="201", address="sip:201@firm.example"),
    )
    assert covers([line], parties) == covered


def test_nobody_is_covered_by_nothing() -> None:
    assert not covers([], [CallParty("caller", dialled="201")])
    assert not covers(["ext:201"], [])
    assert lines_of(CallParty("caller")) == frozenset()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("+441632960001", "01632 960001"),
        ("ext:201", "extension 201"),
        ("sip:ann@pbx.example", "ann@pbx.example"),
        ("ann@x.org", "ann@x.org"),
        ("anonymous", "anonymous"),
    ],
)
def test_a_line_stands_as_people_write_it(line: str, shown: str) -> None:
    assert words(line) == shown
