"""What `muniment doctor` looks at: each finding says what is, and where it is not well, what to do."""

import os
import platform
import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import msgspec

from muniment import __version__
from muniment.core import clock, confinement, parting, settings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.processes import call_health, care, file_sources, key_health, sound_health
from muniment.processes.findings import Finding, State
from muniment.processes.key_health import OrganisationKey
from muniment.processes.serve import serving
from muniment.vault import shards
from muniment.vault.anchors.standing import Light, standing
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.client import DeskDoor
from muniment.vault.layout import Layout
from muniment.vault.messages import Status
from muniment.vault.store import read_ledger_key

__all__ = ["Finding", "State", "examine", "organisations", "separation"]

LEAST_FREE_BYTES = 5 << 30
LEAST_FREE_SHARE = 0.1
OLDEST_CHECKPOINT = 15 * 60  # seconds; the keeper publishes soon after each commit
PARTS = ("cryptography", "django", "granian", "sqlcipher3", "tantivy", "webauthn", "zstandard")


_ANCHOR_STATES = {
    Light.WELL: State.WELL,
    Light.MISSING: State.ATTENTION,
    Light.OLD: State.TROUBLE,
    Light.CONTRADICTED: State.TROUBLE,
}
_ANCHOR_REMEDIES = {
    Light.WELL: "See whether those who anchor can be reached.",
    Light.MISSING: "Name a time stamp authority or a witness in [anchors] of the settings, or a mail server.",
    Light.OLD: "See whether those who anchor can be reached, and the worker's log.",
    Light.CONTRADICTED: "Keep everything as it is, run muniment verify, and find out who set what back.",
}


class Separation(msgspec.Struct, frozen=True):
    """How far machine and keys are parted.

    0 one user for all, 1 own users and nothing on swap, 2 the master key with a key service besides.
    """

    level: int
    why: str


def examine(home: Home, organisation: str = "") -> tuple[Finding, ...]:
    """Look at everything that can be seen without a passphrase; of one organisation only, if given."""
    status = _only(_status(home), organisation)
    return (
        _version(),
        _settings(home),
        *file_sources.examine(home),
        *sound_health.examine(home),
        _permissions(home),
        _server(home),
        _keeper(status),
        _separation(home, status),
        *key_health.examine(home, status),
        *call_health.examine(home, organisation),
        _readers(),
        *_checkpoints(home, status, organisation),
        *_anchors(home, organisation),
        *care.examine(home, [path.name for path in _vaults(home, organisation)]),
        _disk(home),
        _swap(),
    )


def separation(home: Home, status: Status | None) -> Separation:
    """The level of separation as it is now."""
    if status is None:
        return Separation(0, "No keeper runs, so that only the passphrase protects the keys.")
    keeper = _user_of(status.process)
    others = {_user_of(serving(home)), os.getuid() or -1} - {-1}
    if keeper in others:
        return Separation(0, "Every process runs as one user, who could read the memory of each.")
    if _swap_bytes():
        return Separation(0, "The keeper has a user of its own, but its memory may be written to swap.")
    if key_health.service_of(home, status):
        return Separation(
            2, "The keeper has a user of its own, and a key service that others run opens its key."
        )
    return Separation(1, "The keeper has a user of its own, and nothing is written to swap.")


def organisations(home: Home) -> tuple[OrganisationKey, ...]:
    """How the key of each organisation stands; whether it is locked, where a keeper runs."""
    return key_health.organisations(home, _status(home))


def _status(home: Home) -> Status | None:
    try:
        with DeskDoor(home.socket("desk")) as desk:
            return desk.status()
    except MunimentError:
        return None


def _only(status: Status | None, organisation: str) -> Status | None:
    if status is None or not organisation:
        return status
    chosen = tuple(one for one in status.organisations if one.organisation == organisation)
    return msgspec.structs.replace(status, organisations=chosen)


def _version() -> Finding:
    parts = ", ".join(f"{part} {version(part)}" for part in PARTS)
    return Finding(
        "Versions", State.WELL, f"Muniment {__version__}, Python {platform.python_version()}, {parts}."
    )


def _settings(home: Home) -> Finding:
    try:
        chosen = settings.load(home)
    except MunimentError as error:
        return Finding("Settings", State.TROUBLE, error.what + " " + error.why, error.remedy)
    listeners = ", ".join(each.listen for each in chosen.smtp) or "nowhere"
    says = f"Pages at {chosen.origin}; mail is taken at {listeners}."
    if any(each.shared for each in chosen.smtp):
        says += (
            " A listener is shared: what fits no domain is set apart, and counted on the page Mail domains."
        )
    return Finding("Settings", State.WELL, says)


def _permissions(home: Home) -> Finding:
    if not home.keyring.exists():
        return Finding(
            "Home", State.TROUBLE, f"There is no installation in {home.path}.", "Make one with muniment init."
        )
    mode = stat.S_IMODE(home.path.stat().st_mode)
    if mode & (0o067 if mode == parting.ENTERED_BY_GROUP else 0o077):
        return Finding(
            "Home",
            State.ATTENTION,
            f"Others than the owner may enter {home.path} ({mode:o}).",
            f"chmod 700 {home.path}",
        )
    return Finding("Home", State.WELL, f"{home.path}, for its owner alone.")


def _server(home: Home) -> Finding:
    process = serving(home)
    if not process:
        return Finding(
            "Server", State.ATTENTION, "It does not run: no mail is taken.", "Start it: muniment serve"
        )
    return Finding("Server", State.WELL, f"It runs as process {process}.")


def _keeper(status: Status | None) -> Finding:
    if status is None:
        return Finding(
            "Keeper",
            State.ATTENTION,
            "It does not answer: nothing is sealed or opened.",
            "Start muniment serve.",
        )
    records = sum(each.records for each in status.organisations)
    return Finding(
        "Keeper", State.WELL, f"It holds {records} records of {len(status.organisations)} organisations."
    )


def _separation(home: Home, status: Status | None) -> Finding:
    found = separation(home, status)
    state = State.WELL if found.level else State.ATTENTION
    remedy = "" if found.level else "Good enough for a trial. Name two users in [processes] of the settings."
    return Finding("Separation", state, f"Level {found.level}. {found.why}", remedy)


def _readers() -> Finding:
    """How the process is shut in that reads what strangers wrote."""
    missing = sorted({confinement.LANDLOCK, confinement.SECCOMP} - set(confinement.possible()))
    if missing:
        says = f"What strangers wrote is read with less around it: this machine has no {' and no '.join(missing)}."
        return Finding("Readers", State.ATTENTION, says, "Use a kernel of Linux 5.13 or later that has both.")
    return Finding("Readers", State.WELL, "What strangers wrote is read without files, network or programs.")


def _vaults(home: Home, organisation: str) -> list[Path]:
    """The folders of every organisation, or of the one that is asked for."""
    folder = home.path / "vault"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if organisation in {"", path.name}]


def _checkpoints(home: Home, status: Status | None, organisation: str) -> Iterator[Finding]:
    sizes = {each.organisation: each.size for each in status.organisations} if status else {}
    for path in _vaults(home, organisation):
        try:
            layouts = shards.layouts(path)
            heads = [_head(layout) for layout in layouts.values()]
            size = sum(head.size for head in heads)
            age = clock.seconds() - int(shards.last(path).checkpoint.stat().st_mtime)
        except (OSError, UnicodeDecodeError, MunimentError):
            yield Finding(
                "Checkpoint", State.TROUBLE, f"{path.name} has none that can be read.", "Run muniment verify."
            )
            continue
        behind = sizes.get(path.name, size) - size
        where = f" in {len(layouts)} shards" if len(layouts) > 1 else ""
        if behind and age > OLDEST_CHECKPOINT:
            yield Finding(
                "Checkpoint",
                State.TROUBLE,
                f"{path.name}: {behind} entries are not under the checkpoint, which is {age // 60} minutes old.",
                "See the keeper's log; a full or failing disk stops it.",
            )
        else:
            yield Finding("Checkpoint", State.WELL, f"{path.name}: {size} entries{where}, {_age(age)} old.")


def _head(layout: Layout) -> Checkpoint:
    return read_ledger_key(layout).open(layout.checkpoint.read_bytes().decode())


def _anchors(home: Home, organisation: str) -> Iterator[Finding]:
    try:
        limit = settings.load(home).anchors.limit_hours * 3600
    except MunimentError:
        limit = settings.AnchorSettings().limit_hours * 3600  # the settings have a finding of their own
    now = clock.seconds()
    for path in _vaults(home, organisation):
        found = standing(home, path.name, limit=limit, now=now)
        state = _ANCHOR_STATES[found.light]
        troubles = [
            f"{name}: {trouble.says}" for name, trouble in found.troubles.items() if not trouble.alarm
        ]
        if troubles and state is State.WELL:
            state = State.ATTENTION
        says = " ".join((f"{path.name}: {found.says(now)}", *troubles))
        yield Finding("Anchor", state, says, "" if state is State.WELL else _ANCHOR_REMEDIES[found.light])


def _disk(home: Home) -> Finding:
    usage = shutil.disk_usage(home.path if home.path.exists() else "/")
    says = f"{usage.free / 2**30:.1f} of {usage.total / 2**30:.0f} GiB are free."
    if usage.free < LEAST_FREE_BYTES or usage.free < LEAST_FREE_SHARE * usage.total:
        remedy = "Make room: when the disk is full, mail is refused and waits at its sender."
        return Finding("Disk", State.ATTENTION, says, remedy)
    return Finding("Disk", State.WELL, says)


def _swap() -> Finding:
    if used := _swap_bytes():
        return Finding(
            "Swap",
            State.ATTENTION,
            f"{used / 2**30:.1f} GiB of swap are in use by this machine: keys and text may be written there.",
            "Encrypt the swap, or turn it off: swapoff -a",
        )
    return Finding("Swap", State.WELL, "None: what is in memory is not written to a disk.")


def _swap_bytes() -> int:
    """Size of all swap that is not in memory itself (zram), in bytes."""
    table = Path("/proc/swaps")
    if not table.exists():
        return 0
    rows = (line.split() for line in table.read_text(encoding="utf-8").splitlines()[1:])
    return sum(int(row[2]) * 1024 for row in rows if len(row) > 2 and "zram" not in row[0])  # noqa: PLR2004


def _user_of(process: int) -> int:
    try:
        return Path(f"/proc/{process}").stat().st_uid if process else -1
    except OSError:
        return -1


def _age(seconds: int) -> str:
    if seconds < 120:  # noqa: PLR2004
        return f"{seconds} seconds"
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"  # noqa: PLR2004
