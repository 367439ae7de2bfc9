"""Second-factor secrets at rest."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.people import keys
from muniment.people.models import Account
from muniment.people.roles import Role
from muniment.people.sign_in.second_factor import SecondFactorAdapter
from tests.residents import SIGN_IN_KEYS
from tests.town import Town

keys.hold(SIGN_IN_KEYS)
adapter = SecondFactorAdapter()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_what_is_sealed_opens_again_and_shows_nothing(secret: str) -> None:
    sealed = adapter.encrypt(secret)
    assert adapter.decrypt(sealed) == secret
    assert len(secret) < 4 or secret not in sealed
    assert adapter.encrypt(secret) != sealed


def test_a_changed_secret_is_a_fault() -> None:
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    for damaged in (sealed[:-6] + "AAAAAA", sealed[:10], "", "m1.", "plain text"):
        with pytest.raises(FaultFoundError, match="cannot be read"):
            adapter.decrypt(damaged)


def test_another_key_opens_nothing() -> None:
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    keys.hold(keys.SignInKeys("other", b"another key for the codes of it."))
    try:
        with pytest.raises(FaultFoundError):
            adapter.decrypt(sealed)
    finally:
        keys.hold(SIGN_IN_KEYS)


def test_a_first_passkey_has_a_plain_name(town: Town) -> None:
    account = Account.objects.get(person_id=town.ours[Role.HR].id)
    assert adapter.generate_authenticator_name(account, "webauthn") == "My passkey"
