"""What is and is not recorded here, by channel, as every employee may read it (REQ 002, 023)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Channel:
    """One channel: whether this installation records it, and what that means in words."""

    name: str
    recorded: bool
    words: str


CHANNELS: Final = (
    Channel(
        "E-mail",
        recorded=True,
        words="A copy of each message sent or received is locked when it arrives. Nobody can open it"
        " without a reason that somebody entitled has approved.",
    ),
    Channel("Telephone calls and voicemail", recorded=False, words="Not recorded by this system."),
    Channel("Chat and meetings", recorded=False, words="Not recorded by this system."),
    Channel("Web use, printing and sign-ins", recorded=False, words="Not recorded by this system."),
)
"""Only channels that are built say yes; each new channel changes its row."""
