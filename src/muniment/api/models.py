"""Answers to requests that carried an Idempotency-Key, for a day."""

from django.db import models


class KeptAnswer(models.Model):
    """What was answered the first time. `digest` names token, address and key; no content is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    asked = models.CharField(max_length=64)  # SHA-256 of the body
    status = models.PositiveSmallIntegerField(null=True)  # null: the first is still under way
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=bytes)
    began = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest
