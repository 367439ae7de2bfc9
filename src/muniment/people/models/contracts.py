"""Signed contracts that stand for acceptance of the terms, for persons from outside (REQ 005, 006)."""

from django.db import models

from muniment.people.models.organisations import Person


class Contract(models.Model):
    """That a third party's contract is signed and what it cites, attested by who commissioned them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contracts")
    reference = models.CharField(max_length=200)
    signed = models.DateField()
    ends = models.DateField(null=True)
    commissioner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attested = models.DateTimeField()
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-attested", "-pk")

    def __str__(self) -> str:
        return f"{self.reference} of {self.person_id}"
