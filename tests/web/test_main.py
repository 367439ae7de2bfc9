"""The web child: keys by the inherited pipe, pages on localhost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.site import Site, serve


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served


def get(site: Site, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with urlopen(Request(site.address + address, headers=headers)) as answer:  # noqa: S310  our own address
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def test_it_answers_when_database_and_keeper_do(site: Site) -> None:
    status, _, body = get(site, "/health")
    assert (status, json.loads(body)) == (200, {"ready": True, "database": True, "keeper": True})


def test_built_files_are_compressed_kept_for_good_and_ours_alone(site: Site) -> None:
    _, _, page = get(site, "/sign-in")
    style = page.decode().partition('rel="stylesheet" href="')[2].partition('"')[0]
    _, headers, _ = get(site, style, **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_the_catalogue_on_disk_shows_nothing(site: Site) -> None:
    raw = b"".join(path.read_bytes() for path in site.town.home.catalogue.parent.iterdir() if path.is_file())
    assert b"SQLite format 3" not in raw
    assert b"harbour.example" not in raw


def test_without_its_keys_it_does_not_start(tmp_path: Path) -> None:
    environment = {**os.environ, "MUNIMENT_HOME": str(tmp_path)}
    environment.pop("MUNIMENT_KEYS_FD", None)
    ended = subprocess.run(
        [sys.executable, "-m", "muniment.web.main"], env=environment, capture_output=True, check=False
    )
    assert ended.returncode != 0
    assert b"started without its keys" in ended.stderr
