"""How the demo's recorder is set up: one switch on this machine, desks that show it, reports from midnight on."""

import tomllib
from typing import Final

from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.call_settings import CallSettings

SOURCE: Final = "switch"
NOTICE_SECONDS: Final = 20
QUEUE_HEADER: Final = "X-Queue"
FREE_DISK: Final = 256 << 20  # bytes: a demo needs little
ASSURANCE: Final = AssuranceSettings(hour=0)
"""Yesterday is reported from midnight on: the demo's switch is never late."""
EXTENSIONS: Final = r"^4\d\d$"


def settings(organisation: str, port: int) -> list[str]:
    """The lines of muniment.toml for calls of one organisation; SIP is listened to on `port`."""
    return [
        "[calls.media]",
        f"free_disk = {FREE_DISK}",
        "",
        "[calls.assurance]",
        f"hour = {ASSURANCE.hour}",
        "",
        "[[calls.listeners]]",
        'transport = "tcp"',
        f'listen = "127.0.0.1:{port}"',
        "",
        "[[calls.sources]]",
        f'organisation = "{organisation}"',
        f'name = "{SOURCE}"',
        'networks = ["127.0.0.0/8"]',
        f"internal = '{EXTENSIONS}'",
        f'queue = "{QUEUE_HEADER}"',
        'notice = "in-call"',
        f"notice_seconds = {NOTICE_SECONDS}",
        "",
        "[[calls.line]]",
        f'organisation = "{organisation}"',
        'name = "every-desk"',
        'staff = ["display", "page"]',
        "",
    ]


def calls(organisation: str) -> CallSettings:
    """The same as the programs read it, for what is done before any of them runs."""
    return CallSettings.model_validate(tomllib.loads("\n".join(settings(organisation, 0)))["calls"])
