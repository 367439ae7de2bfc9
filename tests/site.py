"""A whole site for tests: an installation, its database, a keeper, and the web child serving pages."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from muniment.core.home import Home
from muniment.vault import handover
from muniment.vault.handover import WebKeys
from muniment.vault.keyring import Keyring
from tests import town as towns
from tests.town import Firm, Town

LONGEST_START = 60.0  # seconds

# Rows are written by a process of its own: the one that runs the tests has the tests' database open.
SETTLE = """
import json, sys
from pathlib import Path
from muniment.core.home import Home
from muniment.vault.client import doors
from muniment.vault.keyring import Keyring
from muniment.web import installation
given = json.load(sys.stdin)
home = Home(Path(given["home"]))
keyring = Keyring.unlock(home, given["passphrase"].encode())
installation.start(home, keyring.worker_keys())
installation.prepare_tables(home)
import datetime
from django.contrib.auth.hashers import make_password
from muniment.people import services
from muniment.people.models import Account
from muniment.people.roles import Role
desk = doors(home).desk
for firm in given["firms"]:
    services.found_organisation(firm["id"], firm["name"], demo=True)
    for person in firm["people"]:
        services.add_person(firm["id"], person["name"], person=person["id"], addresses=[person["email"]])
        services.open_account(person["id"], person["email"])
        services.give_role(desk, person["id"], Role(person["role"]))
        services.make_link(firm["id"], "demo", person=person["id"], token=person["link"])
    draft = services.draft_policy(firm["id"], subject="use", number="1.0", title="How we use e-mail",
        text="We keep every message.\\n\\nNobody opens one without a reason.", effective=datetime.date(2026, 1, 1))
    services.publish(desk, draft)
    newcomer = services.add_person(firm["id"], "Newcomer")
    services.make_link(firm["id"], "enrol", person=newcomer.id, token="enrol-" + firm["id"])
# All have the same password: it is made slow to guess once, not for each.
Account.objects.update(password=make_password(given["password"]))
"""


@dataclass(frozen=True)
class Site:
    """Where the pages are, and the town behind them."""

    address: str
    town: Town

    def link(self, firm: Firm, role: str) -> str:
        """The demo link of the person with this role."""
        return f"{self.address}/demo/{link_of(firm, role)}"


def link_of(firm: Firm, role: str) -> str:
    return f"demo-{firm.id}-{role}"


PASSWORD = "three unlikely words together"


@contextmanager
def serve(path: Path) -> Iterator[Site]:
    """Build everything and serve it; all processes end with the block."""
    with towns.build(path) as town:
        _settle(town)
        keyring = Keyring.unlock(town.home, towns.PASSPHRASE)
        keys = WebKeys(keyring.catalogue_key(), keyring.django_secret(), keyring.totp_key())
        port = _free_port()
        child = handover.spawn(
            [sys.executable, "-m", "muniment.web.main"],
            keys,
            environment=_environment(town.home, MUNIMENT_PORT=str(port)),
            start_new_session=True,
        )
        try:
            site = Site(f"http://localhost:{port}", town)
            _await(site, child)
            yield site
        finally:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _settle(town: Town) -> None:
    firms = [
        {
            "id": firm.id,
            "name": firm.name,
            "people": [
                {
                    "id": person.id,
                    "name": person.name,
                    "email": person.email(firm.domain),
                    "role": person.role.value,
                    "link": link_of(firm, person.role.value),
                }
                for person in firm.people.values()
            ],
        }
        for firm in (town.ours, town.theirs)
    ]
    given = {
        "home": str(town.home.path),
        "passphrase": towns.PASSPHRASE.decode(),
        "password": PASSWORD,
        "firms": firms,
    }
    subprocess.run(
        [sys.executable, "-c", SETTLE],
        input=json.dumps(given).encode(),
        check=True,
        env=_environment(town.home),
    )
    personas = [
        {
            "person": person.id,
            "signing_key": {
                "key": person.key,
                "private": base64.b64encode(person.private.private_bytes_raw()).decode(),
            },
        }
        for firm in (town.ours, town.theirs)
        for person in firm.people.values()
    ]
    town.home.demo.write_text(json.dumps({"personas": personas}))


def _environment(home: Home, **more: str) -> dict[str, str]:
    return {**os.environ, "MUNIMENT_HOME": str(home.path), **more}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(site: Site, child: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        if child.poll() is not None:
            raise RuntimeError("The web child ended before it served.")
        try:
            with urlopen(f"{site.address}/health") as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("The web child did not serve in time.")
