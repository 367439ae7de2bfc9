"""A demo from an empty home to Ctrl-C, as a visitor starts it."""

import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import psutil
import pytest

from muniment import web
from muniment.core.errors import NotAvailableError
from muniment.demo import running as runs
from muniment.demo.card import Ports
from muniment.people.roles import Role
from tests.demo.conftest import MUNIMENT, Running, adjacent_ports, free_ports, start, stop

ARRIVING = 6
"""Records that may come in beside: each call of today, and the switch's account of it."""
BUILT = Path(web.__file__).parent / "static" / "built" / "manifest.json"


def get(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  an address of our own
        return answer.status, answer.read().decode()


def test_it_says_where_it_is_and_has_a_link_for_every_role(running: Running) -> None:
    printed = "\n".join(running.printed)
    assert f"Ready: {running.card.origin}" in running.printed
    for role in Role:
        assert re.search(rf"^  {role.label} .*/demo/demo_", printed, re.MULTILINE), role
    for persona in running.card.personas:
        assert persona.link in printed


def test_pages_and_links_answer(running: Running) -> None:
    if not BUILT.exists():
        pytest.skip("The pages' styles and scripts are not built; `make test` builds them.")
    assert get(f"{running.card.origin}/health")[0] == 200
    status, page = get(running.card.persona("director").link)
    assert status == 200
    assert "Diane Okafor" in page


def test_taken_ports_are_named_before_anything_is_made(running: Running) -> None:
    pages = int(running.card.origin.rpartition(":")[2])
    with pytest.raises(NotAvailableError, match=f"Port {pages} "):
        runs.require_ports(Ports(pages, free_ports(1)[0]))


def test_a_second_server_on_the_same_home_is_refused(running: Running) -> None:
    pages, mail = free_ports(2)
    environment = {**running.environment, "MUNIMENT_PORT": str(pages), "MUNIMENT_MAIL_PORT": str(mail)}
    second = Running(running.home, running.card, [], environment, running.process).muniment("demo")
    assert second.returncode == 4
    assert "runs on" in second.stderr


def test_ctrl_c_leaves_no_process_and_a_second_start_has_the_same_data(tmp_path: Path) -> None:
    first = start(tmp_path / "home")
    sent = first.muniment("demo", "send", "--text", "before the stop")
    assert sent.returncode == 0, sent.stderr
    assert stop(first) == 0
    assert not [p for p in psutil.process_iter() if str(first.home.path) in " ".join(_words(p))]
    again = start(tmp_path / "home")
    try:
        for persona in first.card.personas:
            assert again.card.persona(persona.key).signing_key == persona.signing_key
            assert again.card.persona(persona.key).token == persona.token
        after = again.muniment("demo", "send", "--text", "after the start")
        held = int(re.findall(r"it held (\d+)", after.stdout)[0])
        before = int(re.findall(r"now holds (\d+)", sent.stdout)[0])
        assert (
            before <= held <= before + 2 * ARRIVING
        )  # nothing twice; a call that was cut off is told and made again
        assert not any("founded" in line for line in again.printed)
        verified = again.muniment("verify", "--json")
        assert verified.returncode == 0, verified.stdout
    finally:
        assert stop(again) == 0


def test_a_build_that_is_stopped_leaves_no_process_and_is_begun_anew(tmp_path: Path) -> None:
    home = tmp_path / "home"
    pages, mail = adjacent_ports()
    environment = {
        **os.environ,
        "MUNIMENT_HOME": str(home),
        "MUNIMENT_PORT": str(pages),
        "MUNIMENT_MAIL_PORT": str(mail),
    }
    process = subprocess.Popen([*MUNIMENT, "demo"], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:  # stop in the middle: keeper and librarian run, mails are being sealed
        if "their roles and policies" in line:
            process.send_signal(signal.SIGTERM)
            break
    process.stdout.read()
    assert process.wait(60) == 130
    process.stdout.close()
    assert not [p for p in psutil.process_iter() if str(home) in " ".join(_words(p))]
    again = start(home)
    assert again.card.personas
    assert stop(again) == 0


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
