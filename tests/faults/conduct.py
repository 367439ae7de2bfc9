"""A small organisation's whole conduct on a home that is served: people, roles, one request, one grant.

Run as a program of its own: `conduct.py HOME PASSPHRASE_FILE ORGANISATION KEY KEY`, the keys being those
of the two first authorities. Prints what it did as JSON.
"""

import json
import sys
from datetime import date
from pathlib import Path

from muniment.core.home import Home
from muniment.vault.authority import keyfile
from muniment.vault.authority.keyfile import PrivateKeyFile
from muniment.vault.client import doors
from muniment.vault.keyring import Keyring
from muniment.web import installation
from tests.installations import Installation, person_with, sign

HOLDERS = {
    "asker": "line_manager",
    "director": "director",
    "deputy": "managing_director",
    "controller": "data_controller",
}


def start(home: Home, secret: bytes) -> None:
    keyring = Keyring.unlock(home, secret)
    installation.start(home, keyring.worker_keys())


def conduct(made: Installation) -> dict[str, object]:
    from muniment.governance import deciding, drafts, held, locating, submission  # noqa: PLC0415
    from muniment.people import services as people  # noqa: PLC0415
    from muniment.people.powers import powers_of  # noqa: PLC0415
    from muniment.people.roles import Role  # noqa: PLC0415
    from muniment.search.client import Librarian  # noqa: PLC0415

    organisation, desk = made.organisation, doors(made.home).desk
    for founder in people.holders(organisation, Role.DATA_CONTROLLER):
        people.remove_role(
            desk, founder.id, Role.DATA_CONTROLLER
        )  # the controller below is to be the only one
    keys: dict[str, PrivateKeyFile] = {}
    for name, role in HOLDERS.items():
        person = people.add_person(organisation, name.title()).id
        people.give_role(desk, person, Role(role))
        keys[name] = person_with(desk, made, *powers_of([Role(role)]), person=person)
    policy = people.draft_policy(
        organisation, subject="use", number="1", title="Use", text="Be kind.", effective=date(2026, 1, 1)
    )
    shown = people.publish(desk, policy, by=keys["controller"].person)
    for key in keys.values():
        people.accept(desk, key.person, policy, sha256=shown.sha256, address="127.0.0.1")

    asker, controller = people.view(keys["asker"].person), people.view(keys["controller"].person)
    director = people.view(keys["director"].person)
    draft = drafts.begin(asker, "business")
    drafts.change(
        asker,
        draft.id,
        purpose="C2",
        given={"reason": "A customer waits.", "nature": "letters", "when": "this year"},
        not_known=["extension", "external_number", "parties"],
        about=[keys["deputy"].person],
    )
    request = submission.submit(
        desk, asker, draft.id, sign(keys["asker"], submission.prepare(asker, draft.id).statement)
    )
    said = sign(keys["controller"], locating.prepare(controller, request.id).statement)
    with Librarian(made.home) as librarian:
        search = locating.searcher(librarian, controller, "letter")
        found = locating.locate(search, desk, controller, request.id, "letter", said)
    chosen = list(found.ids)[:2]
    assert len(held.facts(organisation, chosen)) == 2
    request = locating.choose(desk, controller, request.id, chosen)
    yes = deciding.prepare_approval(desk, director, request.id, "These are our own letters.")
    granted = deciding.decide(desk, director, request.id, sign(keys["director"], yes.statement))
    return {
        "request": granted.id,
        "grant": granted.grant,
        "records": chosen,
        "others": list(found.ids)[2:],
        "people": {name: key.person for name, key in keys.items()},
        "asker": {"key": keys["asker"].key, "private": keys["asker"].private.hex()},
    }


def read(made: Installation, grant: str, record: str, key: PrivateKeyFile) -> str:
    """Open a record as the asker does; what came of it."""
    from muniment.core.errors import MunimentError  # noqa: PLC0415
    from muniment.people import services as people  # noqa: PLC0415
    from muniment.release import opening  # noqa: PLC0415

    desk, asker = doors(made.home).desk, people.view(key.person)
    try:
        shown = opening.prepare(asker, grant, [record], "view")
        opening.read_record(desk, asker, grant, record, sign(key, shown.statement))
    except MunimentError as error:
        return type(error).__name__
    return "opened"


def main(home: str, secret: str, organisation: str, *rest: str) -> None:
    made = Installation(Home(Path(home)), Path(secret), 0, 0, organisation=organisation)
    start(made.home, Path(secret).read_bytes().rstrip(b"\n"))
    if rest[0] == "read":
        _, grant, record, key, private, person = rest
        print(read(made, grant, record, PrivateKeyFile(key, bytes.fromhex(private), person)))
        return
    *files, first, second = rest
    made.authorities = tuple(
        PrivateKeyFile(private.key, private.private, person)
        for path, person in zip(files, (first, second), strict=True)
        for private in (keyfile.read_private(Path(path)),)
    )
    print(json.dumps(conduct(made)))


if __name__ == "__main__":
    main(*sys.argv[1:])
