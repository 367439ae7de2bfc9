"""The Django application of the room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Answers kept for programs that ask twice."""

    name = "muniment.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
