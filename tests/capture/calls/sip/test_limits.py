"""How much one address may ask for."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.limits import MOST_PEERS, Limits, Rate


@given(st.lists(st.floats(0, 2), max_size=80))
def test_no_address_gets_more_than_its_rate_and_its_burst(pauses: list[float]) -> None:
    rate, now, allowed = Rate(2, 5), 100.0, 0
    for pause in pauses:
        now += pause
        allowed += rate.allows("a", now)
        assert allowed <= 5 + 2 * (now - 100.0) + 1e-6


def test_addresses_do_not_share_and_are_forgotten_when_there_are_too_many() -> None:
    rate = Rate(1, 1)
    assert rate.allows("a", 0)
    assert not rate.allows("a", 0)
    assert rate.allows("b", 0)
    for number in range(MOST_PEERS + 10):
        rate.allows(str(number), 0)
    assert len(rate) == MOST_PEERS


def test_one_address_cannot_use_up_all_half_open_dialogs() -> None:
    assert Limits().half_open_each < Limits().half_open < Limits().dialogs
