"""An installation whose keeper has a user of its own, tried from inside; prints what came of it as JSON.

Run by `test_level_one` as root in a mount namespace of its own, in which every user can reach this Python.
"""

import json
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from tests.installations import Installation, Served, found, muniment

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


def main(where: Path) -> None:
    """Found it, part it, serve, try."""
    where.mkdir(mode=0o755)
    made = found(where)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(f'\n[processes]\nkeeper = "{KEEPER}"\nothers = "{OTHERS}"\n')
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@firm.example", "b@firm.example", "Parted"
    message.set_content("Hello.")
    with made.serving() as served:
        served.send(message)
        names = ("keeper", "smtp", "librarian", "worker", "steward", "web")
        users = {name: one.username() for name in names if (one := served.child(name))}
        tried = attempts(made, served)
        doctor = json.loads(muniment("doctor", "--home", made.home.path, "--json").stdout)
        running = made.verify(*made.deep())
    stopped = made.verify(*made.deep())
    with made.serving() as served:
        served.send(message)
    again = made.verify(*made.deep())
    print(
        json.dumps({"users": users, "tried": tried, "doctor": doctor, "reports": [running, stopped, again]})
    )


if __name__ == "__main__":
    os.umask(0o022)
    main(Path(sys.argv[1]))
