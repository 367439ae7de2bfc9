"""Rows of notices, reasons and of who was told."""

from datetime import UTC, date, datetime

from muniment.governance.models import (
    AnnouncementEnd,
    AnnouncementVersion,
    AwarenessTold,
    NoticeReasonGiven,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_each_row_says_what_it_is_and_what_the_ledger_says() -> None:
    version = AnnouncementVersion(
        organisation_id="org_a", name="welcome", version=2, language="en-GB", text="Recorded.", lines=["201"],
        since=date(2026, 3, 2), record="rec_a", sha256="ab", samples=b"12", made=AT,
    )  # fmt: skip
    assert str(version) == "welcome 2 (en-GB)"
    facts = version.facts()
    assert (facts["text"], facts["lines"], facts["made_by"]) == ("Recorded.", ["201"], "")
    assert "samples" not in facts
    end = AnnouncementEnd(organisation_id="org_a", announcement=version, ended_by_id="per_a", ended=AT)
    assert end.facts()["announcement"] == "welcome 2 (en-GB)"
    reason = NoticeReasonGiven(
        organisation_id="org_a", record="rec_a", code="switch-cannot", given_by_id="per_a", given=AT
    )
    assert (str(reason), reason.facts()["person"]) == ("switch-cannot for rec_a", "per_a")
    told = AwarenessTold(organisation_id="org_a", person_id="per_a", shown="ef", at=AT)
    assert told.facts() == {
        "organisation": "org_a",
        "person": "per_a",
        "shown": "ef",
        "at": int(AT.timestamp()),
    }
    assert "welcome" in str(end)
    assert "per_a" in str(told)
