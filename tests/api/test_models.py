"""A key names one answer."""

import pytest
from django.db import IntegrityError, transaction

from muniment.api.models import KeptAnswer
from muniment.core import clock


@pytest.mark.django_db
def test_one_digest_one_answer() -> None:
    KeptAnswer.objects.create(digest="d", asked="a", began=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptAnswer.objects.create(digest="d", asked="b", began=clock.now())
