"""The Django application of the room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages; no tables of its own."""

    name = "muniment.web"
    label = "web"
