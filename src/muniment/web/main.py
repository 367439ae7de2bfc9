"""The web child of `muniment serve`: takes its keys from the inherited pipe, then serves pages.

The keys live in the memory of this process and of the worker that it forks; a worker that was spawned
anew would have none.
"""

import multiprocessing
import os

from granian.constants import Interfaces, Loops
from granian.server import Server

from muniment.database import keys as database_keys
from muniment.people import keys as sign_in_keys
from muniment.vault.handover import WebKeys, receive
from muniment.web import log_lines
from muniment.web.site import home, read_site

THREADS = 4  # a page waits for the keeper or the disk more than it computes
BACKLOG = 256


def main() -> None:
    """Receive the keys and serve until the supervisor ends this process group."""
    keys = receive(WebKeys)
    database_keys.set_key(keys.catalogue)
    sign_in_keys.hold(sign_in_keys.SignInKeys(keys.django_secret, keys.totp))
    os.environ["DJANGO_SETTINGS_MODULE"] = "muniment.web.settings"
    multiprocessing.set_start_method("fork", force=True)
    site = read_site(home())
    Server(
        "muniment.web.wsgi:application",
        address=site.address,
        port=site.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        loop=Loops.asyncio,
        websockets=False,
        log_access=False,
        log_dictconfig=log_lines.CONFIGURATION,
    ).serve()


if __name__ == "__main__":
    main()
