"""What the firm's switch has left: recordings, a voicemail box, and for each day its account of the calls (CDR).

The files stand in memory, and only for as long as the import reads them.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from muniment.demo.calls import staging
from muniment.demo.calls.script import Call, phone
from muniment.demo.calls.synthesis import RATE, Sound
from muniment.readers.calls.sound import Sound as TwoSounds

LONDON = ZoneInfo("Europe/London")
SOURCE = "telephone switch"
"""What the capture statements call the place where all this comes from."""
_BEFORE_ANSWER = timedelta(seconds=4)
COLUMNS = (
    "uniqueid", "linkedid", "start", "answer", "end", "src", "caller_name", "dst", "called_name", "extension",
    "queue", "direction", "billsec", "disposition", "recordingfile",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One line of the switch's account: when somebody answered and hung up, and the recording if there is one."""

    call: Call
    name: str
    """The switch's own name of the call."""
    answered: datetime
    ended: datetime
    recording: str = ""

    @property
    def started(self) -> datetime:
        """When it began to ring."""
        return self.answered - _BEFORE_ANSWER


def leave(folder: Path, begun: Mapping[str, datetime], calls: Iterable[Call]) -> list[Account]:
    """Write recordings, voicemails and accounts below a folder; `begun` says when each call was answered."""
    accounts = []
    for number, call in enumerate(calls):
        answered = begun[call.key]
        name = f"{int(answered.timestamp())}.{100 + number}"
        if not call.says:
            ended = answered + timedelta(seconds=call.seconds)
            accounts.append(Account(call, name, answered, ended))
            continue
        left, right = staging.channels(staging.moments(call))
        ended = answered + timedelta(seconds=len(left) / RATE)
        if call.channel == "voicemail":
            _voicemail(folder, call, answered, left)
            continue
        recording = _recording(folder, call, name, answered, left, right)
        accounts.append(Account(call, name, answered, ended, recording))
    for day, some in by_day(accounts).items():
        write(folder / "cdr" / f"{day}.csv", written(some))
    return accounts


def by_day(accounts: Iterable[Account]) -> dict[str, list[Account]]:
    """Accounts by the day on which the calls began, as a switch turns its file over at midnight."""
    found: dict[str, list[Account]] = defaultdict(list)
    for each in sorted(accounts, key=lambda one: one.started):
        found[each.started.astimezone(LONDON).date().isoformat()].append(each)
    return dict(found)


def written(accounts: Iterable[Account]) -> bytes:
    """A CDR file with a line of names."""
    file = io.StringIO()
    rows = csv.DictWriter(file, COLUMNS)
    rows.writeheader()
    rows.writerows(_row(each) for each in accounts)
    return file.getvalue().encode()


def write(path: Path, data: bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _row(each: Account) -> dict[str, str]:
    caller, called = phone(each.call.caller), phone(each.call.called)
    start, answer, end = (
        moment.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")
        for moment in (each.started, each.answered, each.ended)
    )
    return {
        "uniqueid": each.name,
        "linkedid": each.name,
        "start": start,
        "answer": answer,
        "end": end,
        "src": caller.dialled,
        "caller_name": caller.name,
        "dst": called.dialled,
        "called_name": called.name,
        "extension": called.extension or caller.extension,
        "queue": each.call.queue,
        "direction": each.call.direction,
        "billsec": str(round((each.ended - each.answered).total_seconds())),
        "disposition": "ANSWERED",
        "recordingfile": each.recording,
    }


def _recording(folder: Path, call: Call, name: str, answered: datetime, left: Sound, right: Sound) -> str:
    caller, called = phone(call.caller).dialled, phone(call.called).dialled
    at = answered.astimezone(LONDON)
    kind = {"inbound": "in", "outbound": "out", "internal": "internal"}[call.direction]
    file = f"{kind}-{called}-{caller}-{at:%Y%m%d-%H%M%S}-{name}.wav"
    write(folder / "monitor" / f"{at:%Y/%m/%d}" / file, TwoSounds(RATE, left, right).wav())
    return file


def _voicemail(folder: Path, call: Call, left_at: datetime, sound: Sound) -> None:
    caller, called = phone(call.caller), phone(call.called)
    box = folder / "voicemail" / "default" / called.extension / "INBOX"
    write(box / "msg0000.wav", TwoSounds(RATE, sound).wav())
    text = (
        "[message]\n"
        f"origmailbox={called.extension}\n"
        f'callerid="{caller.name}" <{caller.dialled}>\n'
        f"origtime={int(left_at.timestamp())}\n"
        f"duration={len(sound) // RATE}\n"
        f"msg_id={int(left_at.timestamp())}-00000001\n"
    )
    write(box / "msg0000.txt", text.encode())
