"""How the demo's recorder is set up: one switch on this machine, one recording notice, reports from midnight on."""

from pathlib import Path
from typing import Final

from muniment.core.announcement_settings import Announcement
from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.home import Home
from muniment.core.prompts import Prompt, load
from muniment.demo.calls import script, staging, switch_files
from muniment.demo.calls.synthesis import RATE
from muniment.readers.calls.sound import Sound as TwoSounds

SOURCE: Final = "switch"
NOTICE: Final = "recording-notice"
NOTICE_SECONDS: Final = 20
QUEUE_HEADER: Final = "X-Queue"
FREE_DISK: Final = 256 << 20  # bytes: a demo needs little
ASSURANCE: Final = AssuranceSettings(hour=0)
"""Yesterday is reported from midnight on: the demo's switch is never late."""
EXTENSIONS: Final = r"^4\d\d$"


def notice_file(home: Home) -> Path:
    """Where the notice lies; the switch plays the same file."""
    return home.path / "announcements" / f"{NOTICE}-1.wav"


def write_notice(home: Home) -> None:
    """Write the notice as the switch plays it."""
    switch_files.write(notice_file(home), TwoSounds(RATE, staging.notice()).wav())


def announcement(home: Home, organisation: str) -> Announcement:
    """The notice, for whatever listens for it."""
    return Announcement(
        organisation=organisation, name=NOTICE, file=str(notice_file(home)), text=script.load().notice.strip()
    )


def prompts(home: Home, organisation: str) -> dict[Announcement, Prompt]:
    """The notice with its sound."""
    own = announcement(home, organisation)
    return {own: load(own)}


def settings(home: Home, organisation: str, port: int) -> list[str]:
    """The lines of muniment.toml for calls of one organisation; SIP is listened to on `port`."""
    own = announcement(home, organisation)
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
        "[[calls.announcement]]",
        f'organisation = "{organisation}"',
        f'name = "{own.name}"',
        f"file = '{own.file}'",
        f'text = """{own.text}"""',
        "",
    ]
