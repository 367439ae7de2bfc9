"""What is signed, in words that somebody who is no engineer understands."""

from muniment.governance import statements
from muniment.governance.statements import Named
from muniment.vault.authority import statements as texts

RECORD = "rec_aaaaaaaaaaaaaaaaaaaaaaaaaa"


def warrant(**changed: object) -> bytes:
    parts: dict[str, object] = {
        "organisation": "org_x",
        "case": "case_x",
        "purpose": "K10",
        "category": "business",
        "holder": "per_h",
        "approvers": ["per_d"],
        "actions": [texts.Action.VIEW],
        "records": [RECORD],
        "not_before": 1_796_900_000,
        "not_after": 1_798_109_600,
        "cap": 20,
        "matrix": 1,
    }
    return texts.build_warrant(**(parts | changed))  # type: ignore[arg-type]  # parts by their names


def words(shown: statements.ToSign) -> str:
    return " ".join((shown.title, *shown.summary))


def test_a_yes_says_who_what_how_many_why_until_when_and_beside_whom() -> None:
    said = words(
        statements.approval(b"{}", warrant(), holder="Hana", purpose="A purpose", beside=["Mona"], private=1)
    )
    for part in (
        "Hana may read 1 record.",
        "1 record marked private",
        "A purpose",
        "until 24 December 2026, 10:53 GMT",
        "At most 20 openings",
        "once Mona signed the same",
        "take it back at any time",
    ):
        assert part in said


def test_an_erasure_says_that_nothing_brings_the_record_back() -> None:
    text = texts.build_opening(
        organisation="org_x", warrant="00" * 32, holder="per_h", records=[RECORD], action=texts.Action.ERASE
    )
    said = words(statements.opening(text, purpose="A purpose", case="A case"))
    assert "You erase for good 1 record" in said
    assert "Nobody can bring the record back" in said


def test_no_summary_has_a_word_that_only_engineers_use() -> None:
    opening = texts.build_opening(
        organisation="org_x", warrant="00" * 32, holder="per_h", records=[RECORD], action=texts.Action.VIEW
    )
    everything = [
        statements.request(
            b"{}",
            kind="A business need",
            purpose="P",
            locator=Named("per_c", "Cora"),
            until=1_796_900_000,
            about=[],
        ),
        statements.locating(b"{}", requester="Hana", purpose="P"),
        statements.approval(b"{}", warrant(), holder="Hana", purpose="P", beside=[], private=0),
        statements.refusal(b"{}", requester="Hana"),
        statements.opening(opening, purpose="P", case="C"),
        statements.revocation(b"{}", holder="Hana"),
        statements.hold_release(b"{}", records=2, reason="R", first="Cora"),
        statements.hold_release(b"{}", records=2, reason="R", first=""),
    ]
    said = " ".join(words(one) for one in everything).lower()
    for word in ("keeper", "warrant", "ledger", "custodian", "leaf", "hash", "epoch", "party", "checkpoint"):
        assert word not in said
    assert all(one.digest == texts.digest(one.statement).hex() for one in everything)
