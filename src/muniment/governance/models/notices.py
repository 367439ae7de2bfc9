"""Mails that wait to be sent: that something waits, and a link. Never a word of any record."""

from django.db import models

from muniment.people.models import Organisation, Person


class Notice(models.Model):
    """One mail to one person. The worker sends it; a failure is kept and tried again later."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    subject = models.CharField(max_length=150)
    body = models.TextField()
    path = models.CharField(max_length=200)
    created = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.subject
