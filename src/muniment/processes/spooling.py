"""The process that takes recordings from spool folders: `[[calls.spool]]` in muniment.toml.

It seals with the keeper's public key and can open nothing. Its only keys are those under which it notes
which files it has taken already, so that nobody can test a guess at a recording.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import watching
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.mapping import mapped_by
from muniment.capture.calls.spool.watching import HeldBy, Watch
from muniment.capture.files.held import HeldDigests
from muniment.core import settings
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.core.settings import Settings
from muniment.core.spool_settings import SpoolSettings
from muniment.vault.client import CaptureDoor
from muniment.vault.handover import SpoolKeys, receive


def main(arguments: list[str]) -> int:
    """Entry point of the child: the home's path is its argument, its keys come by the inherited pipe."""
    home = Home(Path(arguments[0]))
    keys = receive(SpoolKeys)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    chosen = settings.load(home)
    door = CaptureDoor(home.socket("capture"))
    try:
        watches = [watch(each, chosen, door, opener(home, keys, door)) for each in chosen.calls.spool]
        threads = [
            threading.Thread(target=watching.run, args=(each, stop), name="spool", daemon=True)
            for each in watches
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join()
    finally:
        door.close()
    return 0


def watch(spool: SpoolSettings, chosen: Settings, door: CaptureDoor, held: HeldBy) -> Watch:
    """One folder of the settings; WrongUseError where it names a mapping or a zone that there is not."""
    ruling = Ruling(chosen.calls.rule, chosen.calls.line)
    return Watch(spool, door, held, mapped_of(spool, chosen), ruling)


def mapped_of(spool: SpoolSettings, chosen: Settings) -> Mapped:
    """How files of a folder name their fields; WrongUseError as above."""
    if not spool.mapping:
        mapped = Mapped(zone=spool.zone)
        mapped.zone_info()
        return mapped
    known = {each.name: each for each in chosen.calls.mapping}
    if spool.mapping not in known:
        raise WrongUseError(
            f"There is no mapping {spool.mapping!r}.", remedy="Write a [[calls.mapping]] for it."
        )
    return mapped_by(known[spool.mapping])


def opener(home: Home, keys: SpoolKeys, door: CaptureDoor) -> HeldBy:
    """Opens what an organisation holds, under its own key and as large as its ledger is now.

    Imports for one organisation take turns: two folders of one organisation share what is held.
    """
    turns = {organisation: threading.Lock() for organisation in keys.held}

    @contextmanager
    def held(organisation: str) -> Iterator[HeldDigests]:
        if organisation not in keys.held:
            raise WrongUseError(
                f"A spool folder names {organisation!r}.", why="There is no such organisation here."
            )
        with turns[organisation]:
            size = next(
                each.size for each in door.status().organisations if each.organisation == organisation
            )
            path = home.keyring.parent / "held" / organisation
            with HeldDigests(path, keys.held[organisation], ledger_size=size, derived=True) as digests:
                yield digests

    return held
