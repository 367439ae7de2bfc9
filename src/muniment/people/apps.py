"""The Django application of the room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Organisations, persons, accounts and what they accepted."""

    name = "muniment.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
