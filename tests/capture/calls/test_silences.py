"""Why a live call is silent, and when it is heard again."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.silences import CardRules, Silences
from muniment.core.card_settings import CardRule
from tests.capture.calls.client import ORGANISATION

RULES = (
    CardRule(organisation=ORGANISATION, name="shop", page=r"^https://shop\.example/pay"),
    CardRule(organisation=ORGANISATION, queue="Payments"),
    CardRule(organisation=ORGANISATION, keys_seconds=20),
    CardRule(organisation="org_other", name="other", page="."),
)


def test_rules_of_another_organisation_do_not_count() -> None:
    rules = CardRules(RULES).of(ORGANISATION)
    assert rules.page("https://elsewhere.example") is None
    assert rules.silences_queue("PAYMENTS") == RULES[1]
    assert rules.keys_ms == 20_000


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["api", "page", "dtmf"]))))
def test_it_is_silent_exactly_while_somebody_asks(steps: list[tuple[bool, str]]) -> None:
    silences, asking, silent = Silences(), set[str](), False
    for begins, who in steps:
        changed = silences.begin(who, "x") if begins else silences.end(who)
        silent ^= changed
        asking = asking | {who} if begins else asking - {who}
        assert silent == bool(asking) == bool(silences.asking)
