"""An installation whose keeper has a user of its own, tried from inside; prints what came of it as JSON.

Run by `test_level_one` as root in a mount namespace of its own, in which every user can reach this Python.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from tests.installations import (
    MUNIMENT,
    Installation,
    Served,
    environment,
    found,
    free_port,
    muniment,
    until,
)

KEEPER, OTHERS, STRANGER = "daemon", "nobody", "games"  # users that every Debian has
NUMBERS = {name: int(line.split(":")[2]) for line in Path("/etc/passwd").read_text().splitlines()
           for name in [line.split(":")[0]]}  # fmt: skip


def attempt(user: str, code: str) -> str:
    """What comes of some Python run by a user: "done", or the name of the error."""
    number = NUMBERS[user]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"try:\n    {code}\n    print('done')\nexcept OSError as e:\n    print(type(e).__name__)",
        ],
        user=number,
        group=NUMBERS[STRANGER if user == STRANGER else OTHERS],
        extra_groups=(),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    return done.stdout.strip() or done.stderr


def attempts(made: Installation, served: Served) -> dict[str, dict[str, str]]:
    """Who can do what, by act and user."""
    keeper = served.child("keeper")
    web = served.child("web")
    assert keeper is not None
    assert web is not None
    pack = made.home.vault(made.organisation) / "packs" / "000001.pack"
    socket = "__import__('socket').socket(1, 1).connect({!r})"
    acts = {
        "read the keyring": f"open({str(made.home.keyring)!r}).read()",
        "read a pack": f"open({str(pack)!r}, 'rb').read()",
        "write a pack": f"open({str(pack)!r}, 'ab')",
        "read the catalogue": f"open({str(made.home.catalogue)!r}, 'rb').read()",
        "read the keeper's memory": f"open('/proc/{keeper.pid}/mem', 'rb')",
        "read the pages' memory": f"open('/proc/{web.pid}/mem', 'rb')",
        "speak to the keeper": socket.format(str(made.home.socket("capture"))),
        "speak to the librarian": socket.format(str(made.home.socket("librarian"))),
        "take the keeper's place": f"__import__('os').unlink({str(made.home.socket('capture'))!r})",
    }
    return {
        act: {user: attempt(user, code) for user in (OTHERS, STRANGER, KEEPER)} for act, code in acts.items()
    }


@contextmanager
def witness(made: Installation, folder: Path) -> Iterator[str]:
    """A witness of the ledger, answering; gives the settings that name it, and another that is away."""
    named = ("witness", "new", folder, "--name", "witness.example/level-one")
    key = muniment(*named).stdout.strip()
    muniment("witness", "trust", folder, made.home.vault(made.organisation) / "log" / "ledger-key")
    port, away = free_port(), free_port()
    process = subprocess.Popen(
        [*MUNIMENT, "witness", "serve", str(folder), "--listen", f"127.0.0.1:{port}"],
        env=environment(),
        stdout=subprocess.DEVNULL,
    )
    try:
        yield "".join(
            f'\n[[anchors.witnesses]]\nname = "{name}"\nurl = "http://127.0.0.1:{at}"\nkey = "{key}"\n'
            for name, at in (("near", port), ("away", away))
        )
    finally:
        process.terminate()
        process.wait(60)


def anchored(made: Installation) -> dict[str, object]:
    """What came of asking both witnesses: whose the files are, and what doctor says."""
    told = made.home.care / "anchoring" / f"{made.organisation}.json"
    kept = made.home.vault(made.organisation) / "anchors"

    def both() -> bool:
        return told.exists() and any(kept.iterdir())

    until(both, seconds=120, pause=0.2)
    doctor = json.loads(muniment("doctor", "--home", made.home.path, "--json").stdout)
    names = {number: name for name, number in NUMBERS.items()}
    return {
        "told by": names[told.stat().st_uid],
        "kept by": sorted({names[path.stat().st_uid] for path in kept.iterdir()}),
        "doctor": [each["says"] for each in doctor["findings"] if each["subject"] == "Anchor"],
    }


def main(where: Path) -> None:
    """Found it, part it, serve, try."""
    where.mkdir(mode=0o755)
    made = found(where)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@firm.example", "b@firm.example", "Parted"
    message.set_content("Hello.")
    with witness(made, where / "witness") as named:
        with made.home.settings.open("a", encoding="utf-8") as settings:
            settings.write(f'\n[processes]\nkeeper = "{KEEPER}"\nothers = "{OTHERS}"\n{named}')
        with made.serving() as served:
            served.send(message)
            names = ("keeper", "smtp", "librarian", "worker", "steward", "web")
            users = {name: one.username() for name in names if (one := served.child(name))}
            tried = attempts(made, served)
            doctor = json.loads(muniment("doctor", "--home", made.home.path, "--json").stdout)
            anchors = anchored(made)
            running = made.verify(*made.deep())
    stopped = made.verify(*made.deep())
    with made.serving() as served:
        served.send(message)
    again = made.verify(*made.deep())
    found_out = {"users": users, "tried": tried, "doctor": doctor, "anchors": anchors}
    print(json.dumps(found_out | {"reports": [running, stopped, again]}))


if __name__ == "__main__":
    os.umask(0o022)
    main(Path(sys.argv[1]))
