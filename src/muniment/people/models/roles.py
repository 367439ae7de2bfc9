"""Which person holds which role, since when, by whose act."""

from django.db import models

from muniment.people.models.organisations import Person
from muniment.people.roles import LABELS


class RoleAssignment(models.Model):
    """One role of one person. A trigger refuses roles that exclude each other (migration 0002)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=30, choices=[(role.value, label) for role, label in LABELS.items()])
    given = models.DateTimeField(auto_now_add=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("person", "role", name="people_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in LABELS]),
                name="people_role_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role}"
