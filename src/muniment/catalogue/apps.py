"""The Django application of the room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Records, parties, threads and acts; rebuilt from the vault at will."""

    name = "muniment.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
