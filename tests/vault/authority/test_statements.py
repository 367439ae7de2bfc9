"""Statements: one text for one meaning, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import ids, merkle
from muniment.core.errors import WrongUseError
from muniment.vault.authority import statements
from muniment.vault.authority.register import Power
from muniment.vault.authority.statements import Action, OpeningAssertion, Verdict, Warrant
from tests.vault.firm import person

RECORDS = [ids.record_text(ids.new_record_id()) for _ in range(3)]


def warrant(**changes: object) -> bytes:
    fields: dict[str, object] = {
        "organisation": "org_a",
        "case": "case_a",
        "purpose": "complaint",
        "category": "business_need",
        "holder": "per_a",
        "approvers": ["per_c", "per_b", "per_b"],
        "actions": [Action.VIEW, Action.EXPORT],
        "records": RECORDS,
        "not_before": 1,
        "not_after": 2,
        "cap": 3,
        "matrix": 4,
    }
    return statements.build_warrant(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_warrant_names_its_records_by_count_and_root_in_whatever_order() -> None:
    text = warrant(nonce="00" * 16)
    assert text == warrant(records=reversed(RECORDS), approvers=["per_b", "per_c"], nonce="00" * 16)
    read = statements.read(Warrant, text)
    assert (read.count, read.approvers, read.actions) == (3, ("per_b", "per_c"), (Action.EXPORT, Action.VIEW))
    assert read.root == merkle.root_of_records(map(ids.record_bytes, RECORDS)).hex()
    assert b'"class":"business_need"' in text
    assert text.startswith(b"{")
    assert b'"type":"muniment/warrant/v1"' in text


def test_two_warrants_are_never_the_same_text() -> None:
    assert warrant() != warrant()


def test_locating_lists_no_record() -> None:
    read = statements.read(Warrant, warrant(records=[], actions=[Action.LOCATE]))
    assert (read.count, read.root) == (0, merkle.EMPTY_ROOT.hex())


def test_every_kind_is_read_back_by_its_type() -> None:
    texts = [
        warrant(),
        statements.build_decision(
            organisation="org_a",
            request="req_a",
            warrant="",
            decision=Verdict.REFUSE,
            reason="no",
            clause="",
            person="per_a",
        ),
        statements.build_request(
            organisation="org_a", request="req_a", warrant="", person="per_a", details={"a": "b"}
        ),
        statements.build_opening(
            organisation="org_a", warrant="", holder="per_a", records=RECORDS, action=Action.VIEW
        ),
        statements.build_revocation(organisation="org_a", warrant="", person="per_a", reason=""),
        statements.build_hold_release(organisation="org_a", hold="h", reason=""),
        statements.build_register_change(
            organisation="org_a", add=[person(*Power).registered()], remove=["key_b", "key_a"], serial=1
        ),
    ]
    for text in texts:
        read = statements.read_any(text)
        assert statements.write(read) == text
    assert len({type(statements.read_any(text)) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    "edit",
    [
        (b'"cap":3', b'"cap":3.0'),
        (b'"cap":3', b'"cap":"3"'),
        (b'"cap":3', b'"cap":3,"extra":1'),
        (b'"cap":3,', b""),
        (b'"cap":3', b'"cap":true'),
        (b'"matrix":4', b'"matrix": 4'),
        (b'"export"', b'"everything"'),
        (b"muniment/warrant/v1", b"muniment/warrant/v2"),
    ],
)
def test_an_edited_text_is_not_read(edit: tuple[bytes, bytes]) -> None:
    with pytest.raises(WrongUseError):
        statements.read(Warrant, warrant().replace(*edit))


def test_one_kind_is_not_read_as_another() -> None:
    with pytest.raises(WrongUseError):
        statements.read(OpeningAssertion, warrant())


def test_an_assertion_names_at_most_fifty() -> None:
    records = [ids.record_text(ids.new_record_id()) for _ in range(51)]
    with pytest.raises(WrongUseError, match="at most 50"):
        statements.build_opening(
            organisation="org_a", warrant="", holder="per_a", records=records, action=Action.VIEW
        )


@given(st.binary(max_size=300))
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(WrongUseError):
        statements.read_any(junk)
