"""Accounts and links as the database keeps them."""

import pytest
from django.db import IntegrityError, transaction

from muniment.people.models import Account, SignInLink
from muniment.people.roles import Role
from tests.town import Town


def test_an_address_is_kept_in_lower_case_and_found_in_any(town: Town) -> None:
    account = Account.objects.get(person_id=town.ours[Role.HR].id)
    account.email = " HR@Harbour.Example "
    account.save()
    assert Account.objects.get_by_natural_key("hr@HARBOUR.example") == account
    assert str(account) == "hr@harbour.example"


def test_an_account_without_password_opens_to_none(town: Town) -> None:
    assert not Account.objects.get(person_id=town.ours[Role.HR].id).has_usable_password()


def test_a_demo_link_names_its_person(town: Town) -> None:
    with pytest.raises(IntegrityError, match="people_demo_link_names_person"), transaction.atomic():
        SignInLink.objects.create(organisation_id=town.ours.id, use="demo", digest="0" * 64)
