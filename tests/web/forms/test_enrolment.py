"""The form of a first enrolment."""

import pytest

from muniment.people.roles import Role
from muniment.web.forms.enrolment import EnrolmentForm
from tests.town import Town

GIVEN = {"name": "Ann Smith", "email": "ann@harbour.example", "password": "three unlikely words"}


def errors(**changes: str) -> dict[str, list[str]]:
    form = EnrolmentForm({**GIVEN, **changes})
    return {name: [str(one) for one in found] for name, found in form.errors.items()}


def test_what_is_right_is_taken(town: Town) -> None:
    assert errors() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("email", "no address"), ("password", "short"), ("password", "1q2w3e4r5t6y")],
)
def test_what_is_wrong_is_said_by_its_field(town: Town, field: str, value: str) -> None:
    assert set(errors(**{field: value})) == {field}


def test_a_password_like_the_address_is_refused(town: Town) -> None:
    assert "password" in errors(password="ann@harbour.example")


def test_an_address_that_has_an_account_is_refused(town: Town) -> None:
    taken = town.ours[Role.HR].email(town.ours.domain).upper()
    assert errors(email=taken) == {"email": ["This e-mail address already has an account"]}
