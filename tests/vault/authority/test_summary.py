"""Summaries: what a person reads before signing says everything that matters."""

import pytest

from muniment.core import ids
from muniment.vault.authority import statements
from muniment.vault.authority.register import Power
from muniment.vault.authority.statements import Action, Verdict
from muniment.vault.authority.summary import in_words
from tests.vault.authority.test_statements import RECORDS, warrant
from tests.vault.firm import person


def words(text: bytes) -> str:
    return "\n".join(in_words(statements.read_any(text)))


def test_a_warrant_says_who_may_do_what_until_when() -> None:
    said = words(warrant(not_after=1_780_000_000))
    for part in (
        "per_a may take out as a file and read 3 records",
        "28 May 2026 21:26",
        "at most 3 times",
        "per_b, per_c",
        "org_a",
    ):
        assert part in said


def test_a_rebuild_shows_nobody_anything() -> None:
    said = words(warrant(actions=[Action.REBUILD], records=[], not_after=1_780_000_000))
    assert "make its index anew. Nobody is shown any." in said
    assert "begin by 28 May 2026 21:26" in said


@pytest.mark.parametrize(("verdict", "word"), [(Verdict.APPROVE, "approve"), (Verdict.REFUSE, "refuse")])
def test_a_decision_says_which_way(verdict: Verdict, word: str) -> None:
    said = words(
        statements.build_decision(
            organisation="org_a",
            request="req_a",
            warrant="ab" * 32,
            decision=verdict,
            reason="because",
            clause="4.1",
            person="per_a",
        )
    )
    assert f"You, per_a, {word} request req_a" in said
    assert "because" in said
    assert ("ab" * 32 in said) == (verdict is Verdict.APPROVE)


def test_an_opening_lists_its_records() -> None:
    said = words(
        statements.build_opening(
            organisation="org_a", warrant="", holder="per_a", records=RECORDS, action=Action.ERASE
        )
    )
    assert "destroy for ever" in said
    assert all(record in said for record in RECORDS)


def test_the_others_have_words_too() -> None:
    key = person(Power.DECIDE).registered()
    change = statements.build_register_change(organisation="org_a", add=[key], remove=["key_old"], serial=7)
    assert key.person in words(change)
    assert "decide" in words(change)
    assert "key_old" in words(change)
    release = statements.build_hold_release(organisation="org_a", hold="tribunal", reason="over")
    assert "tribunal" in words(release)
    revoke = statements.build_revocation(organisation="org_a", warrant="cd" * 32, person="per_a", reason="x")
    assert "cd" * 32 in words(revoke)
    request = statements.build_request(
        organisation="org_a",
        request=ids.new(ids.Prefix.REQUEST),
        warrant="ef" * 32,
        person="per_a",
        details={"Reason": "why"},
    )
    assert "Reason: why" in words(request)
    assert "ef" * 32 in words(request)
