"""Changes of the authority register that wait for their second signature."""

from django.db import models

from muniment.people.models.organisations import Organisation, Person


class RegisterChange(models.Model):
    """A proposed `muniment/register/v1` statement; the keeper alone decides whether it holds."""

    class State(models.TextChoices):
        """Where the change stands."""

        PROPOSED = "proposed", "Waits for signatures"
        DONE = "done", "In the register"
        WITHDRAWN = "withdrawn", "Withdrawn"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="register_changes")
    summary = models.CharField(max_length=300)
    statement = models.BinaryField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-proposed",)

    def __str__(self) -> str:
        return self.summary


class RegisterSignature(models.Model):
    """One authority's signature under a proposed change, kept as it was made."""

    change = models.ForeignKey(RegisterChange, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed = models.BinaryField()
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint("change", "person", name="people_register_signed_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} under {self.change_id}"
