"""Logs tell the kind and place of an error, and never what it quotes."""

import json
import subprocess
import sys

SECRET = "heron-canary"


def logged(code: str) -> tuple[str, list[dict[str, object]]]:
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from muniment.processes.logs import configure\nlog = configure('worker')\n" + code,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    text = ran.stdout + ran.stderr
    return text, [json.loads(line) for line in ran.stderr.splitlines()]


def test_an_error_is_logged_without_its_message() -> None:
    text, (line,) = logged(
        f"def parse(): raise ValueError('cannot read {SECRET}')\n"
        "try: parse()\nexcept ValueError: log.error('unreadable', exc_info=True)"
    )
    assert SECRET not in text
    assert (line["event"], line["error"], line["process"]) == ("unreadable", "ValueError", "worker")
    assert "parse" in str(line["at"])


def test_a_crash_is_logged_without_its_message() -> None:
    text, (line,) = logged(f"raise KeyError('{SECRET}')")
    assert SECRET not in text
    assert (line["event"], line["error"]) == ("crashed", "KeyError")


def test_a_crash_in_a_thread_is_logged_without_its_message() -> None:
    text, (line,) = logged(
        f"import threading\ndef run(): raise KeyError('{SECRET}')\n"
        "t = threading.Thread(target=run); t.start(); t.join()"
    )
    assert SECRET not in text
    assert line["event"] == "crashed"


def test_a_crash_in_a_finaliser_is_logged_without_its_message() -> None:
    text, (line,) = logged(
        f"class Held:\n  def __del__(self): raise KeyError('{SECRET}')\nheld = Held()\ndel held"
    )
    assert SECRET not in text
    assert line["event"] == "crashed"


def test_our_own_errors_keep_their_words() -> None:
    _, (line,) = logged(
        "from muniment.core.errors import NotAvailableError\nraise NotAvailableError('The disk is full.')"
    )
    assert line["what"] == "The disk is full."


def test_a_log_on_a_full_disk_falls_silent_and_ends_nothing() -> None:
    code = """
import os
from muniment.processes.logs import configure
log = configure("supervisor", open("/dev/full", "w", buffering=1))
for _ in range(3):
    log.warning("child ended")
print("still here", flush=True)
os._exit(0)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "still here\n")
