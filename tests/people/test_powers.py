"""From roles to what a signing key may do."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.people.powers import POWERS, WORDS, in_words, powers_of
from muniment.people.roles import ADMINISTERING_ROLES, Role
from muniment.vault.authority.register import Power


def test_every_role_is_mapped_and_every_power_has_words() -> None:
    assert set(POWERS) == set(Role)
    assert set(WORDS) == set(Power)


def test_no_role_carries_the_power_to_change_the_register() -> None:
    assert Power.REGISTER not in powers_of(Role)


def test_whoever_runs_or_audits_the_system_gets_no_power() -> None:
    assert powers_of([*ADMINISTERING_ROLES, Role.AUDITOR]) == frozenset()


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Role)))
def test_powers_add_up(some: set[Role], others: set[Role]) -> None:
    assert powers_of(some | others) == powers_of(some) | powers_of(others)


def test_powers_are_written_in_words() -> None:
    assert in_words({Power.REQUEST, Power.DECIDE}) == "decide requests, ask for records"
    assert "only confirm openings" in in_words([])
