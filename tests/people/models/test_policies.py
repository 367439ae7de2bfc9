"""Policies as the database keeps them."""

import pytest
from django.db import IntegrityError, transaction

from muniment.people.models import PolicyVersion
from tests.town import Town


def test_a_version_number_is_used_once(town: Town, policy: int) -> None:
    version = PolicyVersion.objects.get(pk=policy)
    assert str(version) == "How we use e-mail, version 1.0"
    version.pk, version.published = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()
