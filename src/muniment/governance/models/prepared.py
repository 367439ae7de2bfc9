"""Texts that were shown to somebody to sign and have not come back yet."""

from django.db import models

from muniment.people.models import Organisation, Person


class Prepared(models.Model):
    """One text shown to one person for one act. It is used once, within half an hour."""

    digest = models.CharField(primary_key=True, max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    statement = models.BinaryField()
    warrant = models.BinaryField(default=bytes)
    payload = models.JSONField(default=dict)
    prepared = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.act} of {self.subject}"
