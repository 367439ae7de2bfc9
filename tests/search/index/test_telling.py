"""The words by which a call is found."""

from muniment.core.call_facts import CallParty, MaskedSpan, NoticeEvidence
from muniment.readers.calls import Call
from muniment.search.index.telling import folded, labels
from tests.readers.calls.samples import the_facts


def test_a_call_tells_its_fixed_properties() -> None:
    assert set(labels(Call(the_facts()))) == {
        "direction:inbound", "notice:played", "masked:no", "extension:201",
        "queue:sales uk", "queue:sales", "queue:uk",
    }  # fmt: skip


def test_a_voicemail_tells_that_it_is_one() -> None:
    facts = the_facts(
        queue="", notice=NoticeEvidence("not-required"), parties=(CallParty("called", extension="3A"),),
        masks=(MaskedSpan(0, 1, None, "api"),),
    )  # fmt: skip
    assert set(labels(Call(facts, channel="voicemail"))) == {
        "direction:inbound", "notice:not-required", "masked:yes", "extension:3a", "has:voicemail",
    }  # fmt: skip


def test_names_are_compared_without_their_writing() -> None:
    assert folded("  Sales \t UK ") == "sales uk"
