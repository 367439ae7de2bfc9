"""A carrier's drop and the API, through the processes as they run: pages, keeper, the taker of files, OpenSSH."""

import hashlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from muniment.capture.files.held import key_of
from muniment.processes import file_sources
from muniment.processes.findings import Finding, State
from muniment.vault.handover import SpoolKeys, spawn
from muniment.vault.keyring import Keyring
from tests import town as towns
from tests.capture.calls.spool.carriers import openssh
from tests.capture.calls.spool.samples import sound
from tests.installations import until
from tests.site import Site, serve

pytestmark = pytest.mark.needs("/usr/sbin/sshd")

TOKEN = """
import json, sys
from pathlib import Path
from muniment.core.home import Home
from muniment.vault.keyring import Keyring
from muniment.web import installation
given = json.load(sys.stdin)
home = Home(Path(given["home"]))
installation.start(home, Keyring.unlock(home, given["passphrase"].encode()).worker_keys())
from muniment.people import services
print(services.make_token(given["person"], "switch", use=services.TokenUse.SOURCE)[0])
"""
FACTS = '{"started": "2026-03-01T10:00:00Z", "caller": "07700900123", "called": "201"}'
SOUND = sound(7) + os.urandom(800)
LARGE = 48 * 1024 * 1024  # bytes: more than is held in memory whole


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served


@contextmanager
def taker(site: Site, settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The process that takes files, under these settings."""
    home, keyring = site.town.home, Keyring.unlock(site.town.home, towns.PASSPHRASE)
    home.settings.write_text(settings, encoding="utf-8")
    keys = SpoolKeys({each: key_of(keyring.index_key(each)) for each in keyring.organisations})
    command = [sys.executable, "-m", "muniment.processes.child", "spool", str(home.path)]
    child = spawn(command, keys, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(home.socket("spool").exists, seconds=60)
        yield child
    finally:
        child.terminate()
        child.wait(60)


def token(site: Site) -> str:
    given = {
        "home": str(site.town.home.path),
        "passphrase": towns.PASSPHRASE.decode(),
        "person": next(one.id for role, one in site.town.ours.people.items() if role == "it_engineer"),
    }
    environment = {**os.environ, "MUNIMENT_HOME": given["home"]}
    done = subprocess.run(
        [sys.executable, "-c", TOKEN], input=json.dumps(given).encode(), env=environment, check=True, capture_output=True
    )  # fmt: skip
    return done.stdout.decode().strip()


def post(site: Site, bearer: str, data: bytes) -> tuple[int, dict[str, object]]:
    """As curl -F would."""
    body = b"".join(
        (
            b'--b\r\nContent-Disposition: form-data; name="recording"; filename="call.wav"\r\n\r\n', data,
            b'\r\n--b\r\nContent-Disposition: form-data; name="facts"\r\n\r\n', FACTS.encode(), b"\r\n--b--\r\n",
        )
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "multipart/form-data; boundary=b"}
    request = urllib.request.Request(f"{site.address}/api/v1/calls/recordings", body, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def records(site: Site) -> int:
    return next(
        each.records
        for each in site.town.desk.status().organisations
        if each.organisation == site.town.ours.id
    )


def test_a_carrier_s_folder_is_fetched_and_a_broken_pin_is_said(site: Site, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "m1.wav").write_bytes(sound(1))
    (drop / "m1.json").write_text(FACTS)
    for path in drop.iterdir():
        os.utime(path, (1_772_359_200, 1_772_359_200))
    before = records(site)
    with openssh(tmp_path / "server") as chosen:
        place = chosen(drop)
        settings = (
            f'[[calls.carrier]]\norganisation = "{site.town.ours.id}"\nhost = "127.0.0.1"\nport = {place.port}\n'
            f'user = "{place.user}"\nhost_key = "{place.host_key}"\nfolder = "{drop}"\nevery = 1\nrest = 0\npatience = 0\n'
            f'key_file = "{place.key_file}"\nafter = "move"\nmoved_to = "{drop}/done"\n'
        )
        with taker(site, settings):
            until((drop / "done" / "m1.wav").exists, seconds=90)
            until((drop / "done" / "m1.json").exists, seconds=60)
        assert records(site) == before + 2  # the recording, and what the switch says of the call
        wrong = settings.replace(place.host_key, place.host_key[:-8] + "AAAAAAAA")
        with taker(site, wrong), pytest.MonkeyPatch.context() as patch:
            patch.setattr(file_sources, "serving", lambda _home: 1)
            until(lambda: _carrier(site).state is State.TROUBLE, seconds=90)


def _carrier(site: Site) -> Finding:
    (found,) = file_sources.examine(site.town.home)
    return found


def test_a_recording_by_http_is_kept_once_and_is_on_no_disk_as_it_came(site: Site, tmp_path: Path) -> None:
    bearer, before = token(site), records(site)
    settings = f'[[calls.upload]]\norganisation = "{site.town.ours.id}"\nsource = "switch"\n'
    large = (SOUND * (LARGE // len(SOUND) + 1))[:LARGE]
    assert post(site, bearer, SOUND)[0] == 503  # nobody takes it yet
    with taker(site, settings) as child:
        status, said = post(site, bearer, SOUND)
        assert (status, said["sha256"]) == (201, hashlib.sha256(SOUND).hexdigest())
        assert post(site, bearer, SOUND)[0] == 200
        idle = psutil.Process(child.pid).memory_info().rss
        status, said = post(site, bearer, large)
        assert (status, said["bytes"], said["held_before"]) == (201, LARGE, False)
        assert psutil.Process(child.pid).memory_info().rss < idle + 3 * LARGE
        assert post(site, bearer, large)[1]["held_before"] is True
    assert records(site) == before + 2
    piece = SOUND[-400:]
    for folder in (site.town.home.path, tmp_path):
        for path in folder.rglob("*"):
            if path.is_file():
                assert piece not in path.read_bytes(), path
