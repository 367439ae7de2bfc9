"""Acts that two authorities sign together and that stand for themselves: the ledger gets another key."""

from django.db import models

from muniment.people.models.organisations import Organisation, Person


class JointAct(models.Model):
    """A statement that waits for two authorities; the keeper alone decides whether it holds.

    It was proposed by whoever runs the machine, who has no say in it.
    """

    class State(models.TextChoices):
        """Where the act stands."""

        PROPOSED = "proposed", "Waits for signatures"
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Turned down, or overtaken"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    statement = models.BinaryField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed = models.DateTimeField(auto_now_add=True)
    ledger_sequence = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-proposed",)

    def __str__(self) -> str:
        return f"{self.pk} of {self.organisation_id}"


class JointSignature(models.Model):
    """One authority's signature under an act, kept as it was made."""

    act = models.ForeignKey(JointAct, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed = models.BinaryField()
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint("act", "person", name="people_joint_signed_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} under {self.act_id}"
