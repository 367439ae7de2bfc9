"""One domain belongs to one organisation at a time, whatever a program writes."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from muniment.people.models import Domain
from muniment.people.roles import Role
from tests.town import Firm, Town


def listed(firm: Firm, *, assigned: bool, ended: bool = False) -> Domain:
    by, now = firm[Role.ADMINISTRATOR].id, timezone.now()
    return Domain.objects.create(
        organisation_id=firm.id,
        name="harbour.example",
        proposed_by_id=by,
        proposed=now,
        assigned=now if assigned else None,
        ended=now if ended else None,
    )


def test_two_may_propose_and_one_may_have_it(town: Town) -> None:
    listed(town.ours, assigned=True)
    listed(town.theirs, assigned=False)
    Domain.objects.filter(organisation_id=town.theirs.id).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        listed(town.theirs, assigned=True)
    assert str(listed(town.theirs, assigned=True, ended=True)) == "harbour.example"
