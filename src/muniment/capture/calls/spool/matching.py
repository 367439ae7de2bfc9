"""Which account belongs to which recording, and what is left over on both sides.

1. Accounts are read from every file that is one: CDR and CEL, call detail records, sidecars, messages.
2. A sidecar is of the recording that bears its name.
3. An account that names a recording is of the recording with that file name.
4. Else the switch's name of the call (`uniqueid`, UUID) within the recording's name decides.
5. Else the recording's own name tells what it can.
6. A recording without an account, and an answered call without a recording, are named.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import msgspec

from muniment.capture.calls.spool import asterisk, freeswitch, meetings, names, voicemail
from muniment.capture.calls.spool.account import Account
from muniment.capture.calls.spool.fields import LARGEST_FILE, Mapped, account_of, rows_of
from muniment.capture.calls.spool.finding import Found, Kind, Refused, Seen
from muniment.capture.statement import Channel
from muniment.core.errors import MunimentError

SHORTEST_NAME = 6  # characters of a call's name that may be looked for within a file's


@dataclass(frozen=True, slots=True)
class Matched:
    """A recording, its channel, and the account of it, if any."""

    seen: Seen
    channel: Channel
    account: Account | None


@dataclass(slots=True)
class Matches:
    """Everything of a walk, put together. `unrecorded` are answered calls without a recording."""

    recordings: list[Matched] = field(default_factory=list)
    unrecorded: list[Account] = field(default_factory=list)
    doubled: list[Seen] = field(default_factory=list)
    """Other formats of a voicemail message that is kept in a better one."""


@dataclass(slots=True)
class Accounts:
    """All accounts of a walk, to be looked up."""

    every: list[Account] = field(default_factory=list)
    beside: dict[PurePath, Account] = field(default_factory=dict)
    meetings: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    _by_file: dict[str, Account] = field(default_factory=dict)
    _by_call: dict[str, Account] = field(default_factory=dict)

    def add(self, account: Account) -> None:
        """Take one in; the first of two that name the same recording counts."""
        self.every.append(account)
        name = _file_name(account)
        if name:
            self._by_file.setdefault(name.lower(), account)
            self._by_file.setdefault(name.rpartition(".")[0].lower() or name.lower(), account)
        if len(account.call) >= SHORTEST_NAME:
            self._by_call.setdefault(account.call.lower(), account)

    def of(self, seen: Seen) -> Account | None:
        """The account of a recording, by the rules of this page."""
        name, stem = seen.path.name.lower(), seen.stem.lower()
        found = self.beside.get(seen.path.with_suffix(""))
        found = found or self._by_file.get(name) or self._by_file.get(stem)
        found = found or self._by_call.get(stem) or self._by_call.get(asterisk.unique_id(seen.stem))
        return found or next((self._by_call[part] for part in _parts(stem) if part in self._by_call), None)


def match(found: Found, refused: Refused, mapped: Mapped | None = None, kind: Kind = "auto") -> Matches:
    """Put recordings and accounts together. What cannot be read goes to `refused`, with the reason."""
    mapped = mapped or Mapped()
    accounts = read_accounts(found.accounts, refused, mapped)
    matches = Matches()
    kept = _best_formats(found.sounds, matches.doubled)
    for seen in kept:
        account = accounts.of(seen)
        if account is not None:
            accounts.used.add(id(account))
        account = account or _by_name(seen, mapped, kind)
        matches.recordings.append(Matched(seen, _channel(seen, account, accounts, kind), account))
    present = {name for seen in found.sounds for name in (seen.path.name.lower(), seen.stem.lower())}
    groups = {each.group for each in accounts.every if id(each) in accounts.used and each.group}
    matches.unrecorded = [
        each
        for each in accounts.every
        if id(each) not in accounts.used and _is_missing(each, present, groups)
    ]
    return matches


def _is_missing(account: Account, present: set[str], groups: set[str]) -> bool:
    """Whether a recording should be there and is not: the one it names, or any of an answered call."""
    if account.recording:
        return _file_name(account).lower() not in present
    return account.was_answered and account.group not in groups


def _file_name(account: Account) -> str:
    return PurePath(account.recording.replace("\\", "/")).name


def read_accounts(files: Iterable[Seen], refused: Refused, mapped: Mapped) -> Accounts:
    """Every account of these files; channel events are joined to the accounts of their calls."""
    accounts, events, rows = Accounts(), dict[str, asterisk.Cel](), list[Account]()
    for seen in files:
        try:
            if seen.size > LARGEST_FILE:
                refused(seen.origin, f"larger than {LARGEST_FILE} bytes: no file of accounts")
                continue
            data = seen.read()
            events.update(_events(data, mapped) if seen.suffix == "csv" else {})
            rows += _read(seen, data, mapped, accounts)
        except OSError as error:
            refused(seen.origin, error.strerror or "cannot be read")
        except MunimentError as error:
            refused(seen.origin, error.what)
    for account in asterisk.with_events(rows, events):
        accounts.add(account)
    return accounts


def _events(data: bytes, mapped: Mapped) -> Mapping[str, asterisk.Cel]:
    text = data.decode("utf-8-sig", "replace")
    return asterisk.read_cel(text, mapped) if asterisk.looks_like_cel(text) else {}


def _read(seen: Seen, data: bytes, mapped: Mapped, accounts: Accounts) -> list[Account]:
    """The accounts of one file; a sidecar's is noted under the name of its recording too."""
    if seen.suffix == "txt":
        return [
            _beside(seen, voicemail.read(data, seen.path.parent.parent.name, mapped, seen.origin), accounts)
        ]
    if freeswitch.looks_like(data):
        return [_beside(seen, freeswitch.read(data, mapped, seen.origin), accounts)]
    if seen.suffix == "json" and meetings.looks_like(data):
        found = [_with_people(one) for one in meetings.read(data, mapped, seen.origin)]
        accounts.meetings.update(one.call for one in found)
        return [_beside(seen, found[0], accounts)] if len(found) == 1 else found
    text = data.decode("utf-8-sig", "replace") if seen.suffix == "csv" else ""
    if text and asterisk.looks_like_cel(text):
        return []
    if text and (asterisk.looks_like_cdr(text) or "uniqueid" in text.partition("\n")[0].lower()):
        return asterisk.read_cdr(text, mapped, seen.origin)
    rows = [account_of(row, mapped, seen.origin) for row in rows_of(data, seen.origin)]
    return [_beside(seen, rows[0], accounts)] if len(rows) == 1 else rows


def _beside(seen: Seen, account: Account, accounts: Accounts) -> Account:
    """A file with one account is the sidecar of the recording that has its name, whatever it calls it."""
    accounts.beside[seen.path.with_suffix("")] = account
    return account


def _with_people(meeting: meetings.Meeting) -> Account:
    others = [name or address for name, address in meeting.people[1:]]
    evidence = {**meeting.account.evidence, **({"people": ", ".join(others)} if others else {})}
    return msgspec.structs.replace(meeting.account, evidence=evidence)


def _by_name(seen: Seen, mapped: Mapped, kind: Kind) -> Account | None:
    folder = seen.path.parent.name
    readers: dict[str, Callable[[], Account | None]] = {
        "asterisk": lambda: asterisk.named(seen.stem, mapped, seen.origin),
        "3cx": lambda: names.three_cx(seen.stem, folder, mapped, seen.origin),
        "meetings": lambda: names.meeting(seen.stem, folder, mapped, seen.origin),
    }
    chosen = [readers[kind]] if kind in readers else list(readers.values())
    return next((account for reader in chosen if (account := reader()) is not None), None)


def _channel(seen: Seen, account: Account | None, accounts: Accounts, kind: Kind) -> Channel:
    if kind == "voicemail" or voicemail.MESSAGE.fullmatch(seen.stem):
        return "voicemail"
    is_meeting = account is not None and account.call in accounts.meetings
    named = names.meeting(seen.stem, seen.path.parent.name, Mapped(), "") is not None
    return "meeting" if kind == "meetings" or is_meeting or named else "call"


def _best_formats(sounds: Iterable[Seen], doubled: list[Seen]) -> list[Seen]:
    """Each recording once: a voicemail message that lies there in several formats counts in the best."""
    kept: list[Seen] = []
    messages: dict[PurePath, list[Seen]] = {}
    for seen in sounds:
        if voicemail.MESSAGE.fullmatch(seen.stem):
            messages.setdefault(seen.path.with_suffix(""), []).append(seen)
        else:
            kept.append(seen)
    rank = {suffix: place for place, suffix in enumerate(voicemail.BEST_FIRST)}
    for formats in messages.values():
        # `.WAV` is GSM within WAV, and `.wav` plain samples: the small letters are better.
        best, *others = sorted(
            formats, key=lambda one: (rank.get(one.suffix, len(rank)), one.path.suffix.isupper(), one.origin)
        )
        kept.append(best)
        doubled += others
    return kept


def _parts(stem: str) -> Iterable[str]:
    """Pieces of a file's name that may be the name of a call, longest first."""
    pieces = {piece for separator in "_- " for piece in stem.split(separator)}
    return sorted((piece for piece in pieces if len(piece) >= SHORTEST_NAME), key=len, reverse=True)
