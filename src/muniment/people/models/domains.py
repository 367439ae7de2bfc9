"""Which mail domains are the organisation's own or a client's that it manages (REQ 003)."""

from django.db import models
from django.db.models import Q

from muniment.people.models.organisations import Organisation, Person


class Domain(models.Model):
    """One domain of one organisation: proposed by an administrator, assigned by the Data Controller.

    The ledger's entries decide where mail goes; this row shows them. It is never deleted.
    """

    class Kind(models.TextChoices):
        """Whose domain it is."""

        OWN = "own", "The organisation's own"
        MANAGED = "managed", "A client's, managed by the organisation"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="domains")
    name = models.CharField(max_length=253)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OWN)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed = models.DateTimeField()
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    assigned = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended = models.DateTimeField(null=True)
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                "name",
                condition=Q(assigned__isnull=False, ended__isnull=True),
                name="people_domain_of_one_organisation",
            ),
            models.UniqueConstraint(
                "organisation", "name", condition=Q(ended__isnull=True), name="people_domain_once"
            ),
        )

    def __str__(self) -> str:
        return self.name
