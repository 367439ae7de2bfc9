"""Words for what the proof log says."""

from muniment.core.tags import EventTag
from muniment.governance.authorisation import Action
from muniment.web.act_words import ATTEMPTS, WORDS, act_words, attempt_words, kinds


def test_every_tag_has_words_of_its_own() -> None:
    assert set(WORDS) == set(EventTag)
    assert len(set(WORDS.values())) == len(WORDS)
    assert [words for _, words in kinds()] == sorted(WORDS.values())


def test_an_unknown_tag_is_shown_as_it_is() -> None:
    assert act_words("other:thing:done") == "other:thing:done"
    assert act_words(EventTag.RECORD_ERASED) == "Record erased"


def test_every_attempt_that_is_written_has_words() -> None:
    never = {Action.SEARCH_OWN} | {action for action in Action if action.startswith("see")}
    assert {str(action) for action in Action} - never <= set(ATTEMPTS)
    assert attempt_words("view") == "Read"
