"""The floor: each rule, broken in each way that somebody might try, opens nothing."""

from collections.abc import Callable

import pytest

from muniment.core import ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import Prefix
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.authority import statements
from muniment.vault.authority.register import Power
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import SUBJECT_RIGHT, Action, Verdict
from tests.vault.firm import DAY, Firm, person


@pytest.fixture
def record(firm: Firm) -> str:
    return firm.seal(b"a letter")[0]


def refused(rule: int) -> "pytest.RaisesExc[RefusedError]":
    return pytest.raises(RefusedError, match=rf"Floor rule {rule}\.")


def test_a_warrant_above_the_floor_opens_its_record(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(warrant, record)
    assert firm.read(opening) == b"a letter"
    assert opening.statement == b"{}"


def test_rule_1_another_organisation(firm: Firm, record: str) -> None:
    with refused(1):
        firm.admit(firm.warrant([record], organisation=ids.new(Prefix.ORGANISATION)), [record])


@pytest.mark.parametrize(
    "actions",
    [[], [Action.LOCATE, Action.VIEW], [Action.REBUILD, Action.EXPORT], [Action.LOCATE, Action.REBUILD]],
)
def test_rule_1_actions_that_do_not_go_together(firm: Firm, record: str, actions: list[Action]) -> None:
    with refused(1):
        firm.admit(firm.warrant([record], actions=actions), [record])


def test_rule_2_over_before_it_is_admitted(firm: Firm, record: str) -> None:
    with refused(2):
        firm.admit(firm.warrant([record], not_before=0, not_after=firm.clock.time - 1), [record])


def test_rule_2_ends_before_it_begins(firm: Firm, record: str) -> None:
    text = firm.warrant([record], not_before=firm.clock.time + 9, not_after=firm.clock.time + 8)
    with refused(2):
        firm.admit(text, [record])


def test_rule_3_count_and_root_are_of_another_list(firm: Firm, record: str) -> None:
    (other,) = firm.seal(b"another letter")
    text = firm.warrant([record])
    for listed in ([other], [record, other], []):
        with refused(3):
            firm.admit(text, listed)


def test_rule_3_a_warrant_for_content_lists_something(firm: Firm) -> None:
    with refused(3):
        firm.admit(firm.warrant([]), [])


def test_rule_3_a_warrant_to_locate_lists_nothing(firm: Firm, record: str) -> None:
    with refused(3):
        firm.admit(firm.warrant([record], actions=[Action.LOCATE], holder=firm.controller.id), [record])


MONITOR = [Action.MONITOR]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"actions": [Action.MONITOR, Action.LISTEN], "lines": ["201"]}, 1),
        ({"actions": MONITOR}, 3),
        ({"actions": MONITOR, "lines": [""]}, 3),
        ({"actions": MONITOR, "lines": [str(line) for line in range(21)]}, 3),
        ({"actions": [Action.LOCATE], "lines": ["201"]}, 3),
    ],
)
def test_rules_1_and_3_a_warrant_to_monitor_names_a_few_lines_and_nothing_else(
    firm: Firm, changes: dict[str, object], rule: int
) -> None:
    with refused(rule):
        firm.admit(firm.warrant([], **changes), [])


def test_rule_3_a_warrant_to_monitor_lists_no_record_and_one_to_read_no_line(firm: Firm, record: str) -> None:
    for changes in ({"actions": MONITOR, "lines": ["201"]}, {"lines": ["201"]}):
        with refused(3):
            firm.admit(firm.warrant([record], **changes), [record])


def test_rule_3_calls_are_monitored_for_fourteen_days_at_most(firm: Firm) -> None:
    end = firm.clock.time + 14 * DAY
    firm.admit(firm.warrant([], actions=MONITOR, lines=["201"], not_after=end), [])
    with refused(3):
        firm.admit(firm.warrant([], actions=MONITOR, lines=["201"], not_after=end + 1), [])


def test_a_record_that_is_not_held_cannot_be_listed(firm: Firm) -> None:
    unknown = ids.record_text(ids.new_record_id())
    with pytest.raises(WrongUseError):
        firm.admit(firm.warrant([unknown]), [unknown])


@pytest.mark.parametrize("signers", [[], ["deputy"], ["director", "deputy"], ["director", "director"]])
def test_rule_4_others_signed_than_the_warrant_names(firm: Firm, record: str, signers: list[str]) -> None:
    text = firm.warrant([record])
    approvals = tuple(firm.approval(text, getattr(firm, name)) for name in signers)
    with refused(4):
        firm.do(ask.Admit(firm.organisation, text, approvals, (record,)))


def changed_text(firm: Firm, text: bytes) -> SignedStatement:
    signed = firm.approval(text, firm.director)
    return SignedStatement(
        signed.statement.replace(b"needed", b"edited"),
        signed.person,
        signed.key,
        signed.kind,
        signed.signature,
    )


def forged_by_stranger(firm: Firm, text: bytes) -> SignedStatement:
    stranger = person(Power.DECIDE)
    signed = firm.approval(text, stranger, person=firm.director.id)
    return SignedStatement(
        signed.statement, firm.director.id, firm.director.key, signed.kind, signed.signature
    )


def with_anothers_key(firm: Firm, text: bytes) -> SignedStatement:
    signed = firm.approval(text, firm.deputy, person=firm.director.id)
    return SignedStatement(signed.statement, firm.director.id, firm.deputy.key, signed.kind, signed.signature)


def unregistered(firm: Firm, text: bytes) -> SignedStatement:
    signed = firm.approval(text, firm.director)
    return SignedStatement(
        signed.statement, signed.person, ids.new(Prefix.KEY), signed.kind, signed.signature
    )


@pytest.mark.parametrize("forge", [changed_text, forged_by_stranger, with_anothers_key, unregistered])
def test_rule_5_forged_signatures(
    firm: Firm, record: str, forge: Callable[[Firm, bytes], SignedStatement]
) -> None:
    text = firm.warrant([record])
    with pytest.raises(RefusedError):
        firm.do(ask.Admit(firm.organisation, text, (forge(firm, text),), (record,)))
    assert not firm.books.warrants


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": Verdict.REFUSE},
        {"warrant": "0" * 64},
        {"person": "per_somebodyelse"},
        {"organisation": "org_another"},
        {"time": 2**40},
    ],
)
def test_rule_5_what_was_signed_is_no_yes_to_this_warrant(
    firm: Firm, record: str, changes: dict[str, object]
) -> None:
    text = firm.warrant([record])
    with refused(5):
        firm.do(
            ask.Admit(firm.organisation, text, (firm.approval(text, firm.director, **changes),), (record,))
        )


def test_rule_5_an_opening_assertion_is_no_approval(firm: Firm, record: str) -> None:
    text = firm.warrant([record])
    assertion = firm.assertion(statements.warrant_hash(text), [record], firm.director)
    with refused(5):
        firm.do(ask.Admit(firm.organisation, text, (assertion,), (record,)))


def test_rule_6_a_requester_cannot_approve_content(firm: Firm, record: str) -> None:
    other = person(Power.REQUEST)
    firm.change(add=[other])
    with refused(6):
        firm.admit(firm.warrant([record], approvers=[other.id]), [record], other)


def test_rule_6_the_holder_must_have_a_key(firm: Firm, record: str) -> None:
    with refused(6):
        firm.admit(firm.warrant([record], holder=ids.new(Prefix.PERSON)), [record])


def test_rule_6_only_a_controller_locates(firm: Firm) -> None:
    with refused(6):
        firm.admit(firm.warrant([], actions=[Action.LOCATE]), [])


def test_a_request_allows_the_controller_to_locate(firm: Firm) -> None:
    text = firm.warrant([], actions=[Action.LOCATE], holder=firm.controller.id, approvers=[firm.asker.id])
    request = statements.build_request(
        organisation=firm.organisation,
        request=ids.new(Prefix.REQUEST),
        warrant=statements.warrant_hash(text),
        person=firm.asker.id,
        details={"reason": "a complaint"},
        time=firm.clock.time,
    )
    firm.do(ask.Admit(firm.organisation, text, (firm.asker.sign(request),), ()))
    assert statements.warrant_hash(text) in firm.books.warrants


def test_rule_5_a_request_allows_nothing_but_locating(firm: Firm, record: str) -> None:
    text = firm.warrant([record])
    request = statements.build_request(
        organisation=firm.organisation,
        request=ids.new(Prefix.REQUEST),
        warrant=statements.warrant_hash(text),
        person=firm.director.id,
        details={},
        time=firm.clock.time,
    )
    with refused(5):
        firm.do(ask.Admit(firm.organisation, text, (firm.director.sign(request),), (record,)))


@pytest.mark.parametrize("category", ["business_need", SUBJECT_RIGHT])
def test_rule_7_self_signed(firm: Firm, record: str, category: str) -> None:
    both = person(Power.DECIDE, Power.REQUEST)
    firm.change(add=[both])
    with refused(7):
        firm.admit(
            firm.warrant([record], holder=both.id, approvers=[both.id], category=category), [record], both
        )


def test_rule_7_a_controller_signs_for_a_subjects_right_once_a_second_person_is_told(
    firm: Firm, record: str
) -> None:
    controller = firm.controller
    own = {"holder": controller.id, "approvers": [controller.id]}
    with refused(7):
        firm.admit(firm.warrant([record], **own), [record], controller)
    text = firm.warrant([record], **own, category=SUBJECT_RIGHT)
    warrant = firm.admit(text, [record], controller)
    with refused(7):
        firm.open(warrant, record, firm.assertion(warrant, [record], controller))
    firm.append(tag=EventTag.SECOND_PERSON_TOLD, warrant=warrant, body={"person": firm.director.id})
    assert firm.read(firm.open(warrant, record, firm.assertion(warrant, [record], controller))) == b"a letter"


def test_rule_8_bulk_export_takes_two(firm: Firm, record: str) -> None:
    (other,) = firm.seal(b"another letter")
    one = firm.warrant([record], actions=[Action.EXPORT])
    firm.admit(one, [record])
    with refused(8):
        firm.admit(firm.warrant([record, other], actions=[Action.EXPORT]), [record, other])
    both = [firm.director.id, firm.deputy.id]
    two = firm.warrant([record, other], actions=[Action.EXPORT], approvers=both)
    firm.admit(two, [record, other], firm.director, firm.deputy)


def test_rule_8_erasure_takes_two(firm: Firm, record: str) -> None:
    with refused(8):
        firm.admit(firm.warrant([record], actions=[Action.ERASE]), [record])


def test_rule_8_two_keys_of_one_person_are_one(firm: Firm, record: str) -> None:
    spare = person(Power.DECIDE)
    spare = type(spare)(spare.powers, id=firm.director.id)
    firm.change(add=[spare])
    text = firm.warrant([record], actions=[Action.ERASE], approvers=[firm.director.id])
    approvals = (firm.approval(text, firm.director), firm.approval(text, spare))
    with refused(4):
        firm.do(ask.Admit(firm.organisation, text, approvals, (record,)))


def test_rule_8_a_record_marked_private_takes_two(firm: Firm, record: str) -> None:
    firm.do(ask.MarkPrivate(firm.organisation, (record,), "subject line"))
    with refused(8):
        firm.admit(firm.warrant([record]), [record])
    both = [firm.director.id, firm.deputy.id]
    warrant = firm.admit(firm.warrant([record], approvers=both), [record], firm.director, firm.deputy)
    assert firm.read(firm.open(warrant, record)) == b"a letter"


def test_rule_9_a_warrant_that_was_never_admitted(firm: Firm, record: str) -> None:
    warrant = statements.warrant_hash(firm.warrant([record]))
    with refused(9):
        firm.open(warrant, record)


@pytest.mark.parametrize("who", ["director", "controller"])
def test_rule_9_revoked_by_an_approver_or_a_controller(firm: Firm, record: str, who: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(warrant, record)
    by = getattr(firm, who)
    text = statements.build_revocation(
        organisation=firm.organisation, warrant=warrant, person=by.id, reason="mistake"
    )
    firm.do(ask.Revoke(firm.organisation, warrant, by.sign(text)))
    with refused(9):
        firm.open(warrant, record)
    with pytest.raises(RefusedError, match="no longer open"):
        firm.read(opening)


def test_others_cannot_revoke(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    text = statements.build_revocation(
        organisation=firm.organisation, warrant=warrant, person=firm.deputy.id, reason="spite"
    )
    with pytest.raises(RefusedError, match="Only an approver"):
        firm.do(ask.Revoke(firm.organisation, warrant, firm.deputy.sign(text)))


def test_rule_9_the_signers_key_was_removed(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    firm.change(remove=[firm.director.key])
    with refused(9):
        firm.open(warrant, record)


def test_rule_10_not_yet_valid_and_expired(firm: Firm, record: str) -> None:
    begins = firm.clock.time + DAY
    text = firm.warrant([record], not_before=begins, not_after=begins + DAY)
    warrant = firm.admit(text, [record])
    with refused(10):
        firm.open(warrant, record)
    firm.clock.time = begins
    firm.open(warrant, record)
    firm.clock.time = begins + DAY
    firm.open(warrant, record)
    firm.clock.time += 1
    with refused(10):
        firm.open(warrant, record)


def test_rule_11_another_action(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    with refused(11):
        firm.open(warrant, record, action="export")
    with pytest.raises(WrongUseError):
        firm.open(warrant, record, action="erase")


def test_rule_11_a_record_outside_the_warrant(firm: Firm, record: str) -> None:
    (other,) = firm.seal(b"another letter")
    warrant = firm.admit(firm.warrant([record]), [record])
    with refused(11):
        firm.open(warrant, other)


def test_rule_11_over_the_cap(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record], cap=2), [record])
    firm.open(warrant, record)
    firm.open(warrant, record)
    with refused(11):
        firm.open(warrant, record)
    firm.restart()
    with refused(11):
        firm.open(warrant, record)


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": "org_another"},
        {"warrant": "0" * 64},
        {"records": []},
        {"action": Action.EXPORT},
        {"holder": "per_another"},
    ],
)
def test_rule_12_the_assertion_is_for_something_else(
    firm: Firm, record: str, changes: dict[str, object]
) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    with refused(12):
        firm.open(warrant, record, firm.assertion(warrant, [record], **changes))


def test_rule_12_somebody_elses_assertion(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    with refused(12):
        firm.open(warrant, record, firm.assertion(warrant, [record], firm.deputy))


@pytest.mark.parametrize("age", [-3 * 60, 30 * 60 + 1])
def test_rule_12_an_assertion_too_old_or_from_the_future(firm: Firm, record: str, age: int) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    with refused(12):
        firm.open(warrant, record, firm.assertion(warrant, [record], time=firm.clock.time - age))


def test_rule_13_marked_private_after_it_was_admitted(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    firm.append(tag=EventTag.RECORD_MARKED_PRIVATE, record=record)
    with refused(13):
        firm.open(warrant, record)


def test_an_assertion_opens_a_record_once(firm: Firm, record: str) -> None:
    (other,) = firm.seal(b"another letter")
    warrant = firm.admit(firm.warrant([record, other]), [record, other])
    assertion = firm.assertion(warrant, [record, other])
    firm.open(warrant, record, assertion)
    firm.open(warrant, other, assertion)
    for _ in range(2):
        with pytest.raises(RefusedError, match="has opened this record before"):
            firm.open(warrant, record, assertion)
        firm.restart()


def test_a_warrant_is_admitted_once(firm: Firm, record: str) -> None:
    text = firm.warrant([record])
    firm.admit(text, [record])
    with pytest.raises(RefusedError, match="admitted before"):
        firm.admit(text, [record])


def test_text_that_is_not_canonical_is_no_warrant(firm: Firm, record: str) -> None:
    text = firm.warrant([record]).replace(b'"cap":100', b'"cap": 100')
    with pytest.raises(WrongUseError):
        firm.admit(text, [record])
