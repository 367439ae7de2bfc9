"""The Django application of the room."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Requests, cases, decisions, grants, holds."""

    name = "muniment.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"
