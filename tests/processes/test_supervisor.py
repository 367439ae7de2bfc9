"""The supervisor, with real processes: what dies comes back, what is stopped leaves nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

SCENE = Path(__file__).with_name("scene.py")
SLEEP = "import time; time.sleep(600)"
# A server whose worker outlives it, as some web servers' workers do.
WITH_WORKER = (
    "import subprocess, sys, time\n"
    "subprocess.Popen([sys.executable, '-c', 'import signal, time; "
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'])\n"
    "time.sleep(600)"
)
# The same, but its worker moves to a session of its own.
WITH_STRAY = WITH_WORKER.replace("])\n", "], start_new_session=True)\n")
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


@contextmanager
def scene(logs: Path, *children: Mapping[str, object]) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, str(SCENE), str(logs), json.dumps(children)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        family = descendants(running.pid)
        running.kill()
        running.wait()
        for process in family:
            if process.is_running():
                process.kill()
        for stream in (running.stdout, running.stderr):
            if stream:
                stream.close()


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it never came true"
        time.sleep(0.02)


def ready(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"


def descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def events(logs: Path, event: str, child: str) -> list[dict[str, object]]:
    lines = (logs / "supervisor.log").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == event and line.get("child") == child]


def pid_of(logs: Path, child: str) -> int:
    pid = events(logs, "child started", child)[-1]["pid"]
    assert isinstance(pid, int)
    return pid


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("victim", ["keeper", "smtp", "web"])
def test_a_killed_child_comes_back_and_the_others_stay(tmp_path: Path, victim: str) -> None:
    names = ["keeper", "smtp", "web"]
    with scene(tmp_path, *({"name": name, "code": SLEEP} for name in names)) as running:
        ready(running)
        before = {name: pid_of(tmp_path, name) for name in names}
        os.kill(before[victim], signal.SIGKILL)
        until(lambda: pid_of(tmp_path, victim) != before[victim])
        assert all(pid_of(tmp_path, name) == before[name] for name in names if name != victim)
        assert len(descendants(running.pid)) == len(names)


@pytest.mark.parametrize("code", [WITH_WORKER, WITH_STRAY], ids=["same group", "own session"])
def test_the_whole_group_is_gone_before_the_restart(tmp_path: Path, code: str) -> None:
    with scene(tmp_path, {"name": "web", "code": code}) as running:
        ready(running)
        until(lambda: len(descendants(running.pid)) == 2)
        old = descendants(running.pid)
        os.kill(pid_of(tmp_path, "web"), signal.SIGKILL)
        until(lambda: len(events(tmp_path, "child started", "web")) == 2)
        assert alive(old) == []
        until(lambda: len(descendants(running.pid)) == 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    children = [("keeper", SLEEP), ("smtp", DEAF), ("worker", WITH_STRAY), ("web", WITH_WORKER)]
    with scene(tmp_path, *({"name": name, "code": code} for name, code in children)) as running:
        ready(running)
        until(lambda: len(descendants(running.pid)) == 6)
        family = descendants(running.pid)
        running.send_signal(number)
        assert running.wait(20) == 0
        assert alive(family) == []
        stopped = [
            line for line in (tmp_path / "supervisor.log").read_text().splitlines() if "stopped" in line
        ]
        assert [json.loads(line)["child"] for line in stopped] == ["web", "worker", "smtp", "keeper"]


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with scene(tmp_path, {"name": "keeper", "code": SLEEP}, {"name": "smtp", "code": DEAF}) as running:
        ready(running)
        time.sleep(0.3)  # let both children bind themselves
        family = descendants(running.pid)
        running.kill()
        running.wait()
        until(lambda: alive(family) == [])


def test_a_child_that_starts_after_its_supervisor_died_ends_at_once(tmp_path: Path) -> None:
    with scene(tmp_path, {"name": "slow", "code": SLEEP}) as running:
        ready(running)
        family = descendants(running.pid)
        running.kill()  # most likely before the child's interpreter has run a line
        running.wait()
        until(lambda: alive(family) == [])


def test_each_restart_waits_longer_until_the_child_has_settled(tmp_path: Path) -> None:
    flag = tmp_path / "well"
    code = f"import os, time\nif os.path.exists({str(flag)!r}): time.sleep(1.8)"
    with scene(tmp_path, {"name": "worker", "code": code}) as running:
        ready(running)
        until(lambda: len(events(tmp_path, "child ended", "worker")) >= 5)
        flag.touch()
        waits = [event["restart_in"] for event in events(tmp_path, "child ended", "worker")]
        assert waits[:5] == [0.1, 0.2, 0.4, 0.8, 0.8]
        seen = len(waits) + 1
        until(lambda: len(events(tmp_path, "child ended", "worker")) > seen)
        assert events(tmp_path, "child ended", "worker")[-1]["restart_in"] == 0.1


def test_keys_come_through_the_pipe_again_after_a_restart_and_stand_nowhere_else(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import os, time\n"
        "keys = open(int(os.environ['MUNIMENT_KEYS_FD']), 'rb').read()\n"
        f"open({str(told)!r}, 'ab').write(keys[:6] + b'/%d;' % len(keys)); time.sleep(600)"
    )
    keys = "sesame" + "x" * 100_000
    with scene(tmp_path, {"name": "keeper", "code": code, "keys": keys}) as running:
        ready(running)
        until(lambda: told.exists() and told.read_bytes() == b"sesame/100006;")
        child = psutil.Process(pid_of(tmp_path, "keeper"))
        assert not any("sesame" in text for text in [*child.cmdline(), *child.environ().values()])
        child.kill()
        until(lambda: told.read_bytes() == b"sesame/100006;" * 2)


def test_later_children_wait_for_the_first_to_be_ready(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    late = (
        "import socket, time; time.sleep(0.5); s = socket.create_server(('127.0.0.1', "
        f"{port})); print('listens', time.monotonic(), flush=True); time.sleep(600)"
    )
    early = "import time; print('runs', time.monotonic(), flush=True); time.sleep(600)"
    keeper: dict[str, object] = {"name": "keeper", "code": late, "first": True, "port": port}
    with scene(tmp_path, keeper, {"name": "web", "code": early}) as running:
        ready(running)
        until(lambda: (tmp_path / "web.log").read_text() != "")
        listens = float((tmp_path / "keeper.log").read_text().split()[1])
        assert float((tmp_path / "web.log").read_text().split()[1]) > listens


def test_a_child_that_ends_while_others_still_start_comes_back(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    flag = tmp_path / "flag"
    brief = f"import os, time\nif not os.path.exists({str(flag)!r}): open({str(flag)!r}, 'w').close(); time.sleep(0.3)\nelse: time.sleep(600)"
    slow = f"import socket, time; time.sleep(1); s = socket.create_server(('127.0.0.1', {port})); time.sleep(600)"
    with scene(
        tmp_path, {"name": "keeper", "code": brief}, {"name": "web", "code": slow, "port": port}
    ) as running:
        ready(running)
        until(lambda: len(events(tmp_path, "child started", "keeper")) == 2)


def test_a_child_that_never_gets_ready_stops_everything_and_names_its_log(tmp_path: Path) -> None:
    children: list[dict[str, object]] = [
        {"name": "keeper", "code": SLEEP},
        {"name": "web", "code": "raise SystemExit(3)", "port": 1},
    ]
    with scene(tmp_path, *children) as running:
        _, errors = running.communicate(timeout=20)
        assert running.returncode == 4
        assert "web process ended while it started" in errors
        assert str(tmp_path / "web.log") in errors
        assert not psutil.pid_exists(pid_of(tmp_path, "keeper"))
