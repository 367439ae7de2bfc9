"""The process that takes recordings as files: from folders, from carriers, and from who hands them over.

It seals with the keeper's public key and can open nothing. Its only keys are those under which it notes
which files it has taken already, so that nobody can test a guess at a recording.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import carrier, watching
from muniment.capture.calls.spool.choosing import Mappings
from muniment.capture.calls.spool.door import SOCKET, DoorServer, PlaceState
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.looks import Looks
from muniment.capture.calls.spool.upload import Uploads
from muniment.capture.calls.spool.watching import HeldBy, Watch
from muniment.capture.files.held import HeldDigests
from muniment.core import parting, settings
from muniment.core.call_settings import CallSettings
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.core.spool_settings import CarrierSettings, SpoolSettings
from muniment.vault.client import CaptureDoor
from muniment.vault.handover import SpoolKeys, receive


def main(arguments: list[str]) -> int:
    """Entry point of the child: the home's path is its argument, its keys come by the inherited pipe."""
    home = Home(Path(arguments[0]))
    keys = receive(SpoolKeys)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    chosen = settings.load(home).calls
    door = CaptureDoor(home.socket("capture"))
    try:
        held, mappings = opener(home, keys, door), Mappings(chosen.mapping, door)
        watches = watches_of(chosen, door, held, mappings)
        uploads = Uploads(chosen.upload, door, held, mappings, Ruling(chosen.rule, chosen.line))
        server = DoorServer(home.socket(SOCKET), lambda: states(watches), uploads, parting.of(home))
        threads = [
            threading.Thread(target=watching.run, args=(each, stop), name="spool", daemon=True)
            for each in watches.values()
        ]
        threading.Thread(target=server.serve, name="door", daemon=True).start()
        for thread in threads:
            thread.start()
        stop.wait()
        server.close()
        for thread in threads:
            thread.join()
    finally:
        door.close()
    return 0


def watches_of(chosen: CallSettings, door: CaptureDoor, held: HeldBy, mappings: Mappings) -> dict[str, Watch]:
    """Every place that is looked at, by a name for people."""
    found: dict[str, Watch] = {}
    ruling = Ruling(chosen.rule, chosen.line)
    for folder in chosen.spool:
        opening = watching.local(folder)
        mapped = _mapped(mappings, folder)
        found[folder.path] = Watch(folder, door, held, mapped, opening, ruling=ruling)
    for place in chosen.carrier:
        looks = Looks()
        opening = carrier.remote(place, looks.refused)
        mapped = _mapped(mappings, place)
        found[place.where] = Watch(place, door, held, mapped, opening, looks=looks, ruling=ruling)
    return found


def states(watches: dict[str, Watch]) -> tuple[PlaceState, ...]:
    """How the looks at every place went."""
    return tuple(PlaceState(name, watch.settings.every, watch.looks.state) for name, watch in watches.items())


def _mapped(mappings: Mappings, place: SpoolSettings | CarrierSettings) -> watching.MappedBy:
    def mapped() -> Mapped:
        return mappings.find(place.organisation, place.mapping, place.zone, place.region)

    return mapped


@dataclass
class _Shared:
    """What one organisation holds, open as long as anybody here works with it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    digests: HeldDigests | None = None


def opener(home: Home, keys: SpoolKeys, door: CaptureDoor) -> HeldBy:
    """Opens what an organisation holds, under its own key and as large as its ledger is now.

    Whoever works here for one organisation at the same time shares it: a long first import keeps nobody waiting.
    Should two of them meet the same recording in the same moment, it is sealed twice, and the catalogue unites them.
    """
    every = {organisation: _Shared() for organisation in keys.held}

    @contextmanager
    def held(organisation: str) -> Iterator[HeldDigests]:
        shared = every.get(organisation)
        if shared is None:
            raise WrongUseError(
                f"A source of recordings names {organisation!r}.", why="There is no such organisation here."
            )
        with shared.lock:
            if shared.digests is None:
                shared.digests = opened(organisation).__enter__()
            digests, shared.users = shared.digests, shared.users + 1
        try:
            yield digests
        finally:
            with shared.lock:
                shared.users -= 1
                if not shared.users:
                    digests.__exit__(None, None, None)
                    shared.digests = None

    def opened(organisation: str) -> HeldDigests:
        size = next(each.size for each in door.status().organisations if each.organisation == organisation)
        path = home.keyring.parent / "held" / organisation
        return HeldDigests(path, keys.held[organisation], ledger_size=size, derived=True)

    return held
