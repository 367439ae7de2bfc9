"""Read, be refused, watch, take the evidence, erase: what follows a yes, and what it leaves behind."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Frame, Page

from tests.installations import SOURCE, until
from tests.journeys.letters import Outside, nasty
from tests.journeys.visitor import Visitor

KEPT_OUT = (
    "script, form, iframe, object, embed, video, audio, link, meta[http-equiv], base, img[src^=http], svg"
)
INTERPRETER = (sys.executable, "-c", "from muniment.cli.main import run; run()")


def is_refused(person: Visitor, address: str, name: str, words: str) -> None:
    """Come to a page that says no, and says that the attempt is listed."""
    person.go(address, status=403)
    assert words in person.words()
    person.look(name)


def frame_is_harmless(reader: Visitor, outside: Outside) -> None:
    """The mail as it looked runs nothing, loads nothing, sends nothing and leads nowhere.

    First as it is shown; then, in a second tab, with everything that was cleaned out of it put back, so
    that sandbox and content policy are seen to hold by themselves.
    """
    assert reader.page.locator("iframe.muniment-mail").get_attribute("sandbox") == ""
    frame = _frame_of(reader.page)
    assert "harbour crane order" in frame.locator("body").inner_text()
    assert frame.locator(KEPT_OUT).count() == 0
    for link in frame.locator("a").all():
        link.click()
    assert (reader.tried_to_go_out(), reader.went_out()) == ([], [])
    with reader.another_tab() as tab:
        here = tab.url
        _put_everything_back(_frame_of(tab), outside)
        until(lambda: _was_stopped(reader, outside, after=tab))
        tab.wait_for_timeout(300)
        assert (tab.url, len(reader.context.pages), outside.asked, reader.went_out()) == (here, 2, [], [])


def _was_stopped(reader: Visitor, outside: Outside, *, after: Page) -> bool:
    """Whether the browser has stopped all that the mail tried; it is given a moment to try."""
    after.wait_for_timeout(100)
    return {f"{outside.address}/{path}" for path in ("pixel.gif", "style.css", "ping")} <= {
        *reader.tried_to_go_out()
    }


def _frame_of(page: Page) -> Frame:
    frame = page.frame(url=re.compile("/html$"))
    assert frame is not None
    return frame


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
