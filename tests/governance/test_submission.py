"""One signature asks, and lets the Data Controller look; nothing is half said."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import drafts, submission
from muniment.governance.models import Case, Draft, Notice, Request, Told
from muniment.governance.views import RequestState
from muniment.vault.authority import statements as texts
from tests.governance.house import House


def test_the_signature_binds_every_field_and_opens_a_case(house: House) -> None:
    request = house.submitted(about=["eve"])

    assert request.state is RequestState.LOCATING
    row = Request.objects.get(pk=request.id)
    signed = bytes(row.signed).decode()
    assert row.when is None
    assert '"statement"' in signed
    warrant = texts.read(texts.Warrant, bytes(row.locate_warrant))
    assert warrant.actions == (texts.Action.LOCATE,)
    assert (warrant.holder, warrant.approvers) == (house.id("cora"), (house.id("hana"),))
    assert Case.objects.get(pk=request.case).opened_by_id == house.id("hana")
    assert not Draft.objects.filter(pk=request.id).exists()
    assert Notice.objects.filter(person_id=house.id("cora"), path=f"/requests/{request.id}").exists()


def test_what_is_shown_says_in_words_who_may_look_and_that_nothing_opens(house: House) -> None:
    hana = house.person("hana")
    draft = filled(house, "hana")
    shown = submission.prepare(hana, draft)
    words = " ".join(shown.summary)
    assert "Cora may look for the records until" in words
    assert "Settle a question about a transaction" in words
    assert "Nothing is opened by this" in words


def filled(house: House, by: str, category: str = "business", **changed: object) -> str:
    actor = house.person(by)
    draft = drafts.begin(actor, category)
    parts: dict[str, object] = {
        "purpose": "K10",
        "given": {"reason": "To settle a question about an order."},
        "not_known": ["when", "extension", "external_number", "parties", "nature"],
    }
    drafts.change(actor, draft.id, **(parts | changed))  # type: ignore[arg-type]  # parts by their names
    return draft.id


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"purpose": ""}, "names no purpose"),
        ({"purpose": "M6"}, "specifics"),
        ({"purpose": "X9"}, "no purpose"),
        ({"given": {"reason": ""}}, "Reason"),
        ({"not_known": ["when"]}, "Extension"),
        ({"actions": ["export"]}, "cannot ask to export"),
        ({"actions": ["erase"]}, "cannot ask to erase"),
    ],
)
def test_what_is_missing_or_impossible_is_said_before_anything_is_signed(
    house: House, changed: dict[str, object], why: str
) -> None:
    draft = filled(house, "hana", **changed)  # type: ignore[arg-type]  # parts by their names
    with pytest.raises((RefusedError, WrongUseError), match=why):
        submission.prepare(house.person("hana"), draft)


def test_a_request_that_nobody_may_decide_is_refused_at_once(house: House) -> None:
    everyone = [house.id(name) for name in ("dora", "dan", "mona")]
    draft = filled(house, "hana", about=everyone)
    with pytest.raises(RefusedError, match="Nobody in the organisation may decide"):
        submission.prepare(house.person("hana"), draft)


def test_a_request_about_the_only_data_controller_finds_nobody_to_look(house: House) -> None:
    draft = filled(house, "hana", about=[house.id("cora")])
    with pytest.raises(RefusedError, match="Nobody may look"):
        submission.prepare(house.person("hana"), draft)


def test_a_draft_changed_after_it_was_shown_is_not_what_was_signed(house: House) -> None:
    hana = house.person("hana")
    draft = filled(house, "hana")
    shown = submission.prepare(hana, draft)
    drafts.change(hana, draft, given={"reason": "Something else entirely, later."})
    with pytest.raises(RefusedError, match="changed after it was shown"):
        submission.submit(house.desk, hana, draft, house.sign("hana", shown))
    assert not Request.objects.filter(pk=draft).exists()


def test_a_subject_right_is_asked_for_by_the_data_controller_and_a_second_person_is_told(
    house: House,
) -> None:
    request = house.submitted("cora", "dsar", purpose="L1", about=["eve"])
    told = Told.objects.get(request_id=request.id)
    assert told.person_id == house.id("mona")
    assert told.warrant_hash == request.locate_warrant
    assert request.locator.id == house.id("cora")


def test_another_persons_draft_cannot_be_submitted(house: House) -> None:
    draft = filled(house, "hana")
    with pytest.raises(RefusedError, match="no such draft"):
        submission.prepare(house.person("ines"), draft)


def test_a_second_request_may_join_the_case_of_the_first(house: House) -> None:
    first = house.submitted()
    second = house.submitted(case=first.case)
    assert second.case == first.case
    with pytest.raises(RefusedError):
        drafts.begin(house.person("ines"), "business", case=first.case)
