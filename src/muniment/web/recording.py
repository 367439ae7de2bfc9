"""What is and is not recorded here, by channel, as every employee may read it (REQ 002, 023)."""

from dataclasses import dataclass

from muniment.core.call_settings import CallSettings


@dataclass(frozen=True)
class Channel:
    """One channel: whether it is recorded for an organisation, and what that means in words."""

    name: str
    recorded: bool
    words: str


MEETINGS = frozenset({"auto", "meetings"})
"""Kinds of folders from which recordings of meetings are taken."""
NOT_HERE = "Not recorded by this system."


def channels(calls: CallSettings, organisation: str) -> tuple[Channel, ...]:
    """Every channel. Calls are recorded where a switch or a folder of recordings is set up for the organisation."""
    set_up = {each.organisation for each in calls.sources} | {
        each.organisation for each in calls.file_sources
    }
    recorded = organisation in set_up
    meetings = any(each.organisation == organisation and each.kind in MEETINGS for each in calls.spool)
    return (
        Channel(
            "E-mail",
            recorded=True,
            words="A copy of each message sent or received is locked when it arrives. Nobody can open it"
            " without a reason that somebody entitled has approved.",
        ),
        Channel(
            "Telephone calls and voicemail",
            recorded,
            words="Calls on the lines that are connected are recorded and locked. Nobody can listen without a"
            " reason that somebody entitled has approved."
            if recorded
            else NOT_HERE,
        ),
        Channel(
            "Meetings",
            meetings,
            words="Recordings that somebody made of a meeting are taken from where they are left, and locked."
            if meetings
            else "Not recorded by this system. Recordings that somebody makes of a meeting can be handed to it.",
        ),
        Channel("Chat", recorded=False, words=NOT_HERE),
        Channel("Web use, printing and sign-ins", recorded=False, words=NOT_HERE),
    )
