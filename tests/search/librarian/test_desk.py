"""Locating asks the keeper first; one's own records need no warrant, and give no words."""

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.search.librarian import messages
from muniment.vault import messages as ask
from muniment.vault.authority.statements import Action
from tests.search.samples import Finding, mail


def searches(finding: Finding) -> list[bytes]:
    acts = finding.firm.do(ask.AskActs(finding.organisation, -1, 1000))
    assert isinstance(acts, tuple)
    return [act.body for act in acts if EventTag.SEARCH_MADE.encode() in act.clear]


def own(finding: Finding, query: str, *addresses: str, **fields) -> messages.Found:
    request = messages.Own(finding.organisation, query=query, addresses=addresses, **fields)
    found = finding.desk.answer_query(request)
    assert isinstance(found, messages.Found)
    return found


@pytest.fixture
def stocked(finding: Finding) -> Finding:
    finding.seal(
        *(mail(f"Price {number}", "refund") for number in range(5)), mail("x", "other", by="eve@x.org")
    )
    finding.follow_all()
    return finding


def test_a_search_is_in_the_ledger_before_it_is_answered(stocked: Finding) -> None:
    found = stocked.locate("refund from:@example.com")
    assert found.total == 5
    (body,) = searches(stocked)
    assert b"refund from:@example.com" in body
    assert found.ledger_sequence > 0
    assert found.indexed_up_to == stocked.doors.state(stocked.organisation).watermark


def test_what_the_ledger_has_is_what_was_searched(stocked: Finding) -> None:
    assert stocked.locate("NOT eve AND refund").query == "-eve refund"


@pytest.mark.parametrize(
    "flaw", ["other action", "other holder", "unknown warrant", "revoked clock", "forged"]
)
def test_without_a_good_warrant_nothing_is_answered(stocked: Finding, flaw: str) -> None:
    firm = stocked.firm
    warrant = stocked.locate_warrant()
    assertion = stocked.assertion(warrant)
    match flaw:
        case "other action":
            record = stocked.seal(mail())[0]
            warrant = firm.admit(firm.warrant([record]), [record])
            assertion = firm.assertion(warrant, [], action=Action.LOCATE)
        case "other holder":
            assertion = firm.assertion(warrant, [], firm.asker, action=Action.LOCATE)
        case "unknown warrant":
            warrant = "0" * 64
        case "revoked clock":
            firm.clock.time += 15 * 24 * 3600
        case _:
            assertion = firm.assertion(warrant, [], firm.controller, action=Action.LOCATE, time=1)
    with pytest.raises(RefusedError):
        stocked.locate("refund", warrant, assertion=assertion)
    assert not searches(stocked)


def test_pages_of_one_search_are_one_entry(stocked: Finding) -> None:
    warrant = stocked.locate_warrant()
    assertion = stocked.assertion(warrant)
    first = stocked.locate("refund", warrant, assertion=assertion, limit=2)
    second = stocked.locate("refund", warrant, assertion=assertion, limit=2, cursor=first.cursor)
    assert not set(first.ids) & set(second.ids)
    assert first.ledger_sequence > 0 > second.ledger_sequence
    assert len(searches(stocked)) == 1


def test_a_page_of_another_search_is_a_search(stocked: Finding) -> None:
    warrant = stocked.locate_warrant()
    assertion = stocked.assertion(warrant)
    first = stocked.locate("refund", warrant, assertion=assertion, limit=2)
    stocked.locate("price", warrant, assertion=assertion, limit=2, cursor=first.cursor)
    assert len(searches(stocked)) == 2


def test_a_mistake_is_told_before_anything_is_counted(stocked: Finding) -> None:
    for query in ('"open', "form:ann", "person:Ann"):
        with pytest.raises(WrongUseError):
            stocked.locate(query)
    with pytest.raises(WrongUseError, match="1000"):
        stocked.locate("refund", limit=0)
    assert not searches(stocked)


def test_a_used_up_budget_refuses_before_the_keeper_is_asked(stocked: Finding) -> None:
    warrant = stocked.locate_warrant(cap=10_000)
    for number in range(100):
        stocked.locate(f'"word{number} other"', warrant)
    with pytest.raises(RefusedError, match="today"):
        stocked.locate('"word100 other"', warrant)
    assert len(searches(stocked)) == 100


def test_ones_own_records_are_listed_without_a_warrant(stocked: Finding) -> None:
    assert own(stocked, "*", "ann@example.com").total == 5
    assert own(stocked, "*", "eve@x.org").total == 1
    assert own(stocked, "to:bob@supplier.co.uk larger:1", "eve@x.org", "ann@example.com").total == 6
    assert own(stocked, "*", "nobody@x.org").total == 0
    assert not searches(stocked)


@pytest.mark.parametrize(
    "query", ["refund", '"a phrase"', "subject:price", "filename:x", "-refund", "near(a, b, 1)"]
)
def test_ones_own_records_give_no_words(stocked: Finding, query: str) -> None:
    with pytest.raises(RefusedError):
        own(stocked, query, "ann@example.com")


def test_no_address_is_not_everything(stocked: Finding) -> None:
    with pytest.raises(WrongUseError):
        own(stocked, "*")


def test_an_organisation_without_a_key_has_no_index(stocked: Finding) -> None:
    with pytest.raises(NotAvailableError, match="is locked"):
        stocked.desk.answer_query(messages.AskState("org_other"))


def test_clearing_begins_a_rebuild(stocked: Finding) -> None:
    state = stocked.desk.answer_intake(messages.Clear(stocked.organisation))
    assert state == messages.IndexState(-1, 0)
    assert stocked.locate("refund").total == 0


def test_a_damaged_index_is_told_of_and_can_be_forgotten(stocked: Finding) -> None:
    for path in (stocked.firm.home.search(stocked.organisation) / "index").iterdir():
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    stocked.restart_librarian()
    (damage,) = stocked.desk.open_all()
    assert "muniment rebuild" in damage.remedy
    with pytest.raises(FaultFoundError):
        stocked.desk.answer_query(messages.AskState(stocked.organisation))
    assert stocked.desk.answer_intake(messages.Clear(stocked.organisation)) == messages.IndexState(-1, 0)
    assert stocked.desk.open_all() == ()


def test_a_key_that_comes_later_opens_the_index_and_no_other_replaces_it(stocked: Finding) -> None:
    empty, desk = messages.IndexState(-1, 0), stocked.desk
    assert desk.answer_intake(messages.GiveKey("org_other", b"k" * 32)) == empty
    assert desk.answer_intake(messages.GiveKey("org_other", b"x" * 32)) == empty
    assert desk._keys["org_other"] == b"k" * 32
    assert desk.answer_query(messages.AskState("org_other")) == empty
