"""Every page × every role × anonymous × other organisation, complete by construction."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from muniment.catalogue.models import LedgerEntry
from muniment.core import clock
from muniment.core.tags import EventTag
from muniment.governance import delegations, holds
from muniment.people import services
from muniment.people.models import SignInLink
from muniment.people.roles import Role
from tests import asking
from tests.residents import acts_after, end_of_ledger
from tests.town import Town
from tests.web.access_table import ACCESS_TABLE, OUT, Row, Things


def every_page() -> Iterator[str]:
    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if "api" not in (pattern.app_name or ""):
                    yield from walk(pattern.url_patterns)
            else:
                yield pattern.name or str(pattern.pattern)

    return walk(get_resolver().url_patterns)


@pytest.fixture
def things(town: Town, policy: int) -> Things:
    for firm in (town.ours, town.theirs):
        for person in firm.people.values():
            for waiting in services.waiting_policies(person.id):
                services.accept(town.desk, person.id, waiting.id, sha256=waiting.sha256, address=None)
    about = services.add_person(town.ours.id, "Newcomer")
    proposer = services.add_person(town.ours.id, "Proposer")
    change = services.propose_change(
        town.ours.id, by=proposer.id, about=about.id, summary="Remove a key", serial=1, remove=["key_none"]
    )
    names = asking.records(town)
    deciding, granted = asking.located(town, names), asking.granted(town, names)
    controller = services.view(town.ours[Role.DATA_CONTROLLER].id)
    hold = holds.place(town.desk, controller, names[:1], "A claim was threatened.")
    LedgerEntry.objects.create(
        organisation=town.ours.id, sequence=1, tag=EventTag.SIGN_IN_MADE, record="", warrant="", rule="",
        time=1, actor="", details='{"clear":{},"body":{}}',
    )  # fmt: skip
    now = clock.now()
    lent = delegations.delegate(
        town.desk,
        controller,
        town.ours[Role.HR].id,
        ["dsar"],
        begins=now,
        ends=now + timedelta(days=1),
        reason="Leave.",
    )
    return Things(
        delegation=lent.id,
        draft=asking.drafted(town).id,
        unwanted=asking.drafted(town).id,
        locating=asking.submitted(town).id,
        deciding=deciding.id,
        case=granted.case,
        grant=granted.grant,
        record=names[0],
        reading=asking.opened(town, granted.grant, names[0]).token,
        policy=policy,
        hold=hold.id,
        act=1,
        change=change.id,
        joint=services.propose_rotation(town.desk, town.ours.id, "A disk was stolen.").id,
        enrolment=services.make_link(town.ours.id, SignInLink.Use.ENROL, person=about.id),
        demo=services.make_link(town.ours.id, SignInLink.Use.DEMO, person=town.ours[Role.EMPLOYEE].id),
    )


def ask(browser: Client, name: str, row: Row, town: Town, things: Things) -> int | str:
    address = reverse(name, kwargs=row.arguments(town, things))
    answer = getattr(browser, row.method)(address, dict(row.data))
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    return OUT if to_sign_in else answer.status_code


def test_the_table_names_every_page_and_no_other() -> None:
    assert sorted(every_page()) == sorted(ACCESS_TABLE)


def test_every_role_gets_the_expected_answer_on_every_page(
    town: Town, things: Things, signed_in: Callable[..., Client]
) -> None:
    wrong = []
    for role in Role:
        for name, row in ACCESS_TABLE.items():
            expected = row.by_role.get(role, row.everybody)
            got = ask(signed_in(role), name, row, town, things)
            if got != expected:
                wrong.append(f"{role} on {name}: {got}, expected {expected}")
    assert wrong == [], "\n".join(wrong)


def test_nobody_gets_past_the_pages_that_are_open(town: Town, things: Things) -> None:
    got = {
        name: ask(Client(SERVER_NAME="localhost"), name, row, town, things)
        for name, row in ACCESS_TABLE.items()
    }
    assert got == {name: row.nobody for name, row in ACCESS_TABLE.items()}


def test_whoever_belongs_elsewhere_learns_nothing_of_our_ids(
    town: Town, things: Things, signed_in: Callable[..., Client]
) -> None:
    wrong = []
    for role in Role:
        for name, row in ACCESS_TABLE.items():
            if row.other is None:
                continue
            got = ask(signed_in(town.theirs[role]), name, row, town, things)
            expected = row.other_by_role.get(role, row.other)
            if got != expected:
                wrong.append(f"{role} of the other firm on {name}: {got}, expected {expected}")
    assert wrong == [], "\n".join(wrong)


def test_a_refused_attempt_stands_in_the_ledger(
    town: Town, things: Things, signed_in: Callable[..., Client]
) -> None:
    before = end_of_ledger(town)
    signed_in(Role.IT_ENGINEER).get(reverse("register_change", kwargs={"number": things.change}))
    (clear, body), *_ = acts_after(town, before)
    assert "governance:access:denied" in clear
    assert town.ours[Role.IT_ENGINEER].id.encode() in body
