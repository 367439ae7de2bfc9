"""What the names of recordings tell where a switch writes nothing else: 3CX, and meetings as files.

3CX names a recording `[Ann Lee]_101-07700900123_20260301101112(1234).wav` in a folder of its extension;
Teams `Subject-20260301_101112-Meeting Recording.mp4`; Zoom keeps a folder `2026-03-01 10.11.12 Topic 812…`.
"""

import re
from urllib.parse import unquote

from muniment.capture.calls.spool.account import Account, moment
from muniment.capture.calls.spool.fields import Mapped
from muniment.core.phone_numbers import is_extension

ONLY_NAME = "only the recording's name tells of this call: no account of the switch was found"
_THREE_CX = re.compile(
    r"\[(?P<name>[^\]]*)\]_(?P<caller>[^-_]+)-(?P<called>[^-_]+)_(?P<at>\d{14})\((?P<call>[^()]+)\)"
)
_TEAMS = re.compile(
    r"(?P<topic>.*)-(?P<at>\d{8}_\d{6})(?:UTC)?-Meeting (?:Recording|Transcript)", re.IGNORECASE
)
_ZOOM = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2}) (?P<hour>\d{2})\.(?P<minute>\d{2})\.(?P<second>\d{2}) (?P<topic>.*?)(?: (?P<call>\d{9,12}))?")  # fmt: skip


def three_cx(stem: str, folder: str, mapped: Mapped, origin: str) -> Account | None:
    """The call of a 3CX recording, whose folder is an extension; None where the name is no such."""
    match = _THREE_CX.fullmatch(stem)
    if match is None:
        return None
    started = moment(match["at"], mapped.zone_info())
    caller, called = match["caller"], match["called"]
    ours = next(
        (one for one in (is_extension(folder), is_extension(called), is_extension(caller)) if one), ""
    )
    return Account(
        call=match["call"],
        started=started,
        answered=started,
        caller=caller,
        caller_name=unquote(match["name"]),
        called=called,
        extension=ours,
        evidence={"recording name": stem},
        defects=(ONLY_NAME,),
        origin=origin,
    )


def meeting(stem: str, folder: str, mapped: Mapped, origin: str) -> Account | None:
    """The meeting of a recording, by its name or its folder's; None where neither is such a name."""
    zone = mapped.zone_info()
    if match := _TEAMS.fullmatch(stem):
        started, call = moment(match["at"], zone), ""
    elif match := _ZOOM.fullmatch(folder):
        started = moment(f"{match['day']}T{match['hour']}:{match['minute']}:{match['second']}", zone)
        call = match["call"] or ""
    else:
        return None
    return Account(
        call=call,
        group=call,
        started=started,
        answered=started,
        evidence={"recording name": stem},
        defects=(ONLY_NAME,),
        origin=origin,
    )
