"""The Django application of the room."""

from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    """Openings that last, certificates of destruction."""

    name = "muniment.release"
    label = "release"
    default_auto_field = "django.db.models.BigAutoField"
