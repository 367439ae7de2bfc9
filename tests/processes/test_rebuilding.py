"""A damaged index stops neither capture nor the other organisations; somebody who may decide has it made anew."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from muniment.core.errors import WrongUseError
from muniment.processes import rebuilding
from muniment.vault.authority import keyfile
from tests.faults.test_kills import rows
from tests.installations import PASSPHRASE, Installation, found, sign, until


@dataclass
class Broken:
    """An installation that served three mails, with a byte of each index file changed since."""

    made: Installation
    folder: Path

    def rebuild(self, *words: object, key: str = "ann", person: str = "ann"):
        people = self.made.printed["authorities"]
        return self.made.run(
            "rebuild", "--organisation", self.made.organisation, "--key", self.folder / f"{key}.key",
            "--person", people.get(person, person), "--reason", "The index is damaged.", "--json", *words,
        )  # fmt: skip


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    folder = tmp_path_factory.mktemp("rebuilding")
    made = found(folder)
    with made.serving() as served:
        served.send(*(b"Subject: %d\r\nFrom: a@b.example\r\n\r\na letter\r\n" % n for n in range(3)))
        until(lambda: rows(made)[0] == 3)
    for path in (made.home.search(made.organisation) / "index").iterdir():
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    return Broken(made, folder)


def test_from_a_damaged_index_to_a_sound_one(broken: Broken) -> None:
    made = broken.made
    with made.serving() as served:
        served.send(b"Subject: kept all the same\r\n\r\nyes\r\n")
        said = (made.home.logs / "librarian.log").read_text()
        assert "Stop the server and run muniment rebuild" in said
        refused = broken.rebuild()
        assert (refused.returncode, "Stop that one first" in refused.stderr) == (4, True)
    assert rows(made)[0] == 3

    stranger = keyfile.generate("per_stranger")
    keyfile.write(broken.folder / "stranger.key", stranger)
    refused = broken.rebuild(key="stranger", person="per_stranger")
    assert refused.returncode == 3, refused.stderr
    assert rows(made)[0] == 3

    done = broken.rebuild()
    assert done.returncode == 0, done.stderr
    assert '"records":4' in done.stdout
    assert "Nobody is shown any." in done.stderr
    assert rows(made)[0] == 4
    assert made.verify(*made.deep())["faults"] == []


def test_it_says_why_and_for_whom(broken: Broken) -> None:
    with pytest.raises(WrongUseError, match="why"):
        rebuilding.prepare(broken.made.organisation, person="per_a", reason=" ")
    authority = broken.made.authorities[0]
    warrant, yes = rebuilding.prepare("org_other", person=authority.person, reason="Damaged.")
    with pytest.raises(WrongUseError, match="no organisation"):
        rebuilding.rebuild(broken.made.home, PASSPHRASE, "org_other", warrant, sign(authority, yes))
