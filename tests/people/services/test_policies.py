"""Policies: published once, accepted by hash."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.models import PolicyAcceptance, PolicyVersion
from muniment.people.roles import Role
from tests.residents import acts_after, end_of_ledger
from tests.town import Town


def next_version(town: Town, number: str = "2.0") -> int:
    return services.draft_policy(
        town.ours.id, subject="use", number=number, title="How we use e-mail", text="Shorter.",
        effective=datetime.date(2027, 1, 1),
    )  # fmt: skip


def test_a_draft_is_seen_by_nobody(town: Town) -> None:
    next_version(town)
    assert services.policies(town.ours[Role.EMPLOYEE].id) == ()


def test_publishing_puts_the_hash_into_the_ledger(town: Town) -> None:
    before, draft = end_of_ledger(town), next_version(town)
    published = services.publish(town.desk, draft)
    ((clear, body),) = acts_after(town, before)
    assert "people:policy:published" in clear
    assert published.sha256.encode() in body
    with pytest.raises(RefusedError, match="already published"):
        services.publish(town.desk, draft)


def test_a_published_policy_cannot_be_changed_or_removed_even_by_sql(policy: int) -> None:
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PolicyVersion.objects.filter(pk=policy).update(text="Everything is allowed.")
    with pytest.raises(IntegrityError, match="never removed"), transaction.atomic():
        PolicyVersion.objects.filter(pk=policy).delete()


def test_acceptance_keeps_version_hash_address_and_entry(town: Town, policy: int) -> None:
    person = town.ours[Role.EMPLOYEE].id
    (shown,) = services.waiting_policies(person)
    before = end_of_ledger(town)
    for _ in range(2):  # the second changes nothing
        services.accept(town.desk, person, policy, sha256=shown.sha256, address="192.0.2.7")
    row = PolicyAcceptance.objects.get()
    assert (row.sha256, row.address, row.ledger_sequence) == (shown.sha256, "192.0.2.7", before + 1)
    assert len(acts_after(town, before)) == 1
    assert services.waiting_policies(person) == ()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PolicyAcceptance.objects.update(address="192.0.2.8")


def test_a_new_version_must_be_accepted_again(town: Town, policy: int) -> None:
    person = town.ours[Role.EMPLOYEE].id
    (shown,) = services.waiting_policies(person)
    services.accept(town.desk, person, policy, sha256=shown.sha256, address=None)
    services.publish(town.desk, next_version(town))
    (waiting,) = services.waiting_policies(person)
    assert waiting.number == "2.0"
    with pytest.raises(RefusedError, match="not the current version"):
        services.accept(town.desk, person, policy, sha256=shown.sha256, address=None)


def test_another_text_than_the_shown_one_is_not_accepted(town: Town, policy: int) -> None:
    with pytest.raises(RefusedError, match="not the current version"):
        services.accept(town.desk, town.ours[Role.HR].id, policy, sha256="0" * 64, address=None)


def test_another_organisations_policy_cannot_be_accepted(town: Town, policy: int) -> None:
    (shown,) = services.waiting_policies(town.ours[Role.HR].id)
    with pytest.raises(RefusedError):
        services.accept(town.desk, town.theirs[Role.HR].id, policy, sha256=shown.sha256, address=None)
