"""A supervisor with children of the test's choosing, run as its own process: `scene.py LOGS CHILDREN`.

CHILDREN is JSON: a list of {"name", "code", "first"?, "keys"?, "port"?}; `code` is Python.
It prints "ready" and then nothing; its exit status is that of the error, if any.
"""

import json
import sys
from pathlib import Path

from muniment.core.errors import MunimentError
from muniment.processes.logs import configure
from muniment.processes.readiness import always, answers_on_port
from muniment.processes.supervisor import Child, Patience, Supervisor

BOUND = "from muniment.core import lifeline; lifeline.bind()\n"
QUICK = Patience(ready=5.0, stop=1.0, first_restart=0.1, longest_restart=0.8, settled=1.5)


def child(given: dict[str, object]) -> Child:
    port = given.get("port")
    return Child(
        name=str(given["name"]),
        command=(sys.executable, "-c", BOUND + str(given["code"])),
        keys=str(given.get("keys", "")).encode(),
        ready=answers_on_port("127.0.0.1", port) if isinstance(port, int) else always,
        first=bool(given.get("first")),
    )


def main() -> int:
    logs = Path(sys.argv[1])
    logs.mkdir(exist_ok=True)
    with (logs / "supervisor.log").open("a", buffering=1) as stream:
        supervisor = Supervisor(
            [child(given) for given in json.loads(sys.argv[2])], logs, configure("supervisor", stream), QUICK
        )
        try:
            supervisor.run(lambda: print("ready", flush=True))
        except MunimentError as error:
            print(error, file=sys.stderr)
            return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
