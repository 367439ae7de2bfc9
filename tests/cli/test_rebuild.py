"""`muniment rebuild` asks for a key, a person and a reason before it touches anything."""

from pathlib import Path

from muniment.vault.authority import keyfile
from tests.installations import muniment


def test_it_must_be_said_who_signs(tmp_path: Path, passphrase_file: Path) -> None:
    keyfile.write(tmp_path / "key", keyfile.generate(""))
    done = muniment(
        "rebuild", "--home", tmp_path, "--organisation", "org_a", "--key", tmp_path / "key",
        "--reason", "Damaged.", "--passphrase-file", passphrase_file,
    )  # fmt: skip
    assert (done.returncode, "Give --person." in done.stderr) == (2, True)
    assert list(tmp_path.glob("search")) == []
