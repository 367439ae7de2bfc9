"""Read, be refused, watch, take the evidence, erase: what follows a yes, and what it leaves behind."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Frame

from tests.installations import SOURCE
from tests.journeys.letters import Outside, nasty
from tests.journeys.visitor import Visitor

INTERPRETER = (sys.executable, "-c", "from muniment.cli.main import run; run()")


def is_refused(person: Visitor, address: str, name: str, words: str) -> None:
    """Come to a page that says no, and says that the attempt is listed."""
    person.go(address, status=403)
    assert words in person.words()
    person.look(name)


def frame_is_harmless(reader: Visitor, outside: Outside) -> None:
    """The mail as it looked runs nothing, loads nothing, sends nothing and leads nowhere.

    First as it is shown; then with everything that was cleaned out of it put back, so that sandbox and
    content policy are seen to hold by themselves.
    """
    page, here = reader.page, reader.page.url
    assert page.locator("iframe.muniment-mail").get_attribute("sandbox") == ""
    frame = page.frame(url=re.compile("/html$"))
    assert frame is not None
    assert "harbour crane order" in frame.locator("body").inner_text()
    held = (
        "script, form, iframe, object, embed, video, audio, link, meta[http-equiv], base, img[src^=http], svg"
    )
    assert frame.locator(held).count() == 0
    for link in frame.locator("a").all():
        link.click()
    assert (reader.tried_to_go_out(), reader.went_out()) == ([], [])
    reader.quiet = True  # what is tried now is reported as blocked, and shall be
    _put_everything_back(frame, outside)
    page.wait_for_timeout(500)
    reader.quiet = False
    assert (page.url, len(reader.context.pages), outside.asked, reader.went_out()) == (here, 1, [], [])
    assert f"{outside.address}/pixel.gif" in reader.tried_to_go_out()  # it would have, but for the policy


def _put_everything_back(frame: Frame, outside: Outside) -> None:
    frame.evaluate("html => { document.body.innerHTML = html }", nasty(outside.address))
    frame.evaluate("document.querySelector('form')?.submit()")
    frame.evaluate("document.querySelector('#way-out')?.click()")


def proves_elsewhere(bundle: Path, folder: Path) -> dict[str, object]:
    """What `muniment prove` says of it with an empty environment, and without a network where that can be."""
    folder.mkdir()
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(folder)
    cut = ["unshare", "-rn"] if _can_cut() else []
    done = subprocess.run(
        [*cut, *INTERPRETER, "prove", str(next(folder.iterdir())), "--json"],
        env={"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    return said


def _can_cut() -> bool:
    """Whether this system lets us run a program without a network."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
