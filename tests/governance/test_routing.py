"""Who decides: the row, without whoever the request concerns, next in the list, or a clear refusal."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import RefusedError
from muniment.governance import matrix
from muniment.governance.matrix import RequestClass
from muniment.governance.routing import SELF_DECIDER, Candidate, Parties, route

PACK = matrix.shipped("call_recording")
MPES = matrix.shipped("electronic_communications")


def person(name: str, *roles: str) -> Candidate:
    return Candidate(name, frozenset(roles))


DORA, DAN = person("dora", "director"), person("dan", "director")
MONA, OLGA, CORA = (
    person("mona", "managing_director"),
    person("olga", "office_manager"),
    person("cora", "data_controller"),
)
HANA = person("hana", "hr")
EVERYONE = (DORA, DAN, MONA, OLGA, CORA, HANA)


def test_a_business_need_goes_to_every_director() -> None:
    found = route(PACK.row("business"), Parties("hana"), EVERYONE)
    assert found.deciders == {"dora", "dan", "mona"}


def test_requester_subject_and_the_subjects_line_manager_never_decide() -> None:
    parties = Parties("dora", subjects=frozenset({"dan"}), subjects_managers=frozenset({"mona"}))
    with pytest.raises(RefusedError, match="Nobody in the organisation may decide"):
        route(PACK.row("business"), parties, EVERYONE)
    assert route(PACK.row("business"), Parties("dora"), EVERYONE).deciders == {"dan", "mona"}


def test_the_next_in_the_list_decides_when_nobody_before_may() -> None:
    row = MPES.row("business")
    assert route(row, Parties("hana"), EVERYONE).deciders == {"dora", "dan", "mona"}
    nobody_before = Parties("hana", subjects=frozenset({"dora", "dan", "mona"}))
    assert route(row, nobody_before, EVERYONE).deciders == {"olga"}


def test_the_data_controller_decides_for_herself_only_where_it_is_a_subjects_right() -> None:
    assert route(PACK.row("dsar"), Parties("cora"), EVERYONE).deciders == {"cora"}
    assert "cora" not in route(PACK.row("disciplinary"), Parties("cora"), EVERYONE).deciders


def test_two_seats_are_filled_by_two_different_persons() -> None:
    both = person("both", "data_controller", "director")
    with pytest.raises(RefusedError):
        route(PACK.row("private_override"), Parties("hana"), (both, HANA))
    found = route(PACK.row("private_override"), Parties("hana"), (both, HANA, OLGA))
    assert found.seats == (frozenset({"both"}), frozenset({"olga"}))


def test_open_seats_are_those_that_nobody_who_decided_fills() -> None:
    found = route(PACK.row("erasure"), Parties("cora"), EVERYONE)
    assert found.open_seats(()) == found.seats
    assert found.open_seats(("cora",)) == (frozenset({"dora", "dan", "mona"}),)
    assert found.open_seats(("cora", "dan")) == ()
    assert len(found.open_seats(("dan", "dora"))) == 1  # two directors are not the Data Controller


ROLES = sorted(
    {role for group in chain.from_iterable(s.groups for r in MPES.rows for s in r.seats) for role in group}
)
NAMES = list("abcdef")


@st.composite
def organisations(draw: st.DrawFn) -> tuple[RequestClass, Parties, list[Candidate]]:
    people = [person(name, *draw(st.sets(st.sampled_from([*ROLES, "hr"])))) for name in NAMES]
    parties = Parties(
        draw(st.sampled_from(NAMES)),
        draw(st.frozensets(st.sampled_from(NAMES), max_size=2)),
        draw(st.frozensets(st.sampled_from(NAMES), max_size=2)),
    )
    return draw(st.sampled_from(list(RequestClass))), parties, people


@given(organisations(), st.sampled_from(matrix.PACKS))
def test_no_organisation_and_no_pack_lets_anybody_concerned_decide(
    drawn: tuple[RequestClass, Parties, list[Candidate]], pack: str
) -> None:
    request_class, parties, people = drawn
    row = matrix.shipped(pack).row(request_class)
    try:
        found = route(row, parties, people)
    except RefusedError:
        return
    roles = {candidate.person: candidate.roles for candidate in people}
    assert not found.deciders & parties.subjects
    assert not found.deciders & parties.subjects_managers
    if parties.requester in found.deciders:
        assert row.subject_right
        assert SELF_DECIDER in roles[parties.requester]
    for seat, written in zip(found.seats, row.seats, strict=True):
        assert seat
        assert all(roles[name] & frozenset[str]().union(*written.groups) for name in seat)
