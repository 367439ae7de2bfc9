"""Role assignments as the database keeps them."""

import pytest
from django.db import IntegrityError, transaction

from muniment.people.models import RoleAssignment
from muniment.people.roles import Role
from tests.town import Town


def test_only_known_roles_are_kept(town: Town) -> None:
    with pytest.raises(IntegrityError, match="people_role_known"), transaction.atomic():
        RoleAssignment.objects.create(person_id=town.ours[Role.EMPLOYEE].id, role="emperor")
