"""The Django application of the room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages; no tables of its own."""

    name = "muniment.web"
    label = "web"

    def ready(self) -> None:
        """Say which ledger sign-ins are written to, and what waits for people in this room's own pages."""
        from muniment.people.sign_in import entries  # noqa: PLC0415  models are not loaded before
        from muniment.web import desk, waiting  # noqa: PLC0415  the same
        from muniment.web.asking_waiting import requests_waiting  # noqa: PLC0415  the same
        from muniment.web.register_waiting import (  # noqa: PLC0415  the same
            joint_acts_waiting,
            register_changes_waiting,
        )

        entries.write_to(desk.desk)
        waiting.add_source(requests_waiting)
        waiting.add_source(register_changes_waiting)
        waiting.add_source(joint_acts_waiting)
