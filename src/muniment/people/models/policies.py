"""Versions of the organisation's policies, and who accepted which (REQ 001, 005)."""

from django.db import models

from muniment.people.models.organisations import Organisation, Person


class PolicyVersion(models.Model):
    """One version of one policy. Once published a trigger refuses any change (migration 0002)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policies")
    subject = models.SlugField(max_length=60, help_text="What stays the same from version to version.")
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    text = models.TextField()
    effective = models.DateField()
    revised = models.DateField(null=True)
    review_due = models.DateField(null=True)
    must_accept = models.BooleanField(default=True)
    sha256 = models.CharField(max_length=64, blank=True)
    published = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("subject", "-published")
        constraints = (
            models.UniqueConstraint("organisation", "subject", "number", name="people_policy_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class PolicyAcceptance(models.Model):
    """That a person accepted a version: its hash, from which address, when. Never changed."""

    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acceptances")
    sha256 = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    accepted = models.DateTimeField()
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint("policy", "person", name="people_acceptance_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} accepted {self.policy_id}"
