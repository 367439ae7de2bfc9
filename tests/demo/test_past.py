"""What has happened before the visitor comes."""

from muniment.core.tags import EventTag
from muniment.demo import past
from tests.demo.conftest import Running
from tests.demo.test_peopling import tags


def test_a_case_was_opened_read_and_closed(running: Running) -> None:
    seen = tags(running, running.card.organisation("wethercote").organisation)
    assert seen[EventTag.CASE_CLOSED] == 1
    assert seen[EventTag.RECORD_OPENED] == 2
    assert seen[EventTag.WARRANT_REVOKED] == 1
    # The last of them follows a call of today, which may or may not have come in by now.
    assert seen[EventTag.CASE_OPENED] in {3, 4}
    assert seen[EventTag.SEARCH_MADE] in {3, 4}


def test_the_tour_has_its_examples(running: Running) -> None:
    assert running.card.examples.keys() == {
        "closed_case",
        "grant_to_copy",
        "nasty_html",
        "request_about_a_director",
        "sent_by_mistake",
        "unrecorded_day",
        "what_was_promised",
    }


def test_the_reasons_are_sentences() -> None:
    for ask in (past.COMPLAINT, past.GRIEVANCE, past.OWN_DATA, past.CARD):
        assert ask.reason.endswith(".")
        assert ask.about or ask.category == "dsar"
