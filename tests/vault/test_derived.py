"""Files that are derived are compared with the packs; files of no one's are named."""

import pytest

from tests.vault.conftest import Vault


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("log/tile/0/000.p/12", "extra-file"),
        ("log/tile/0/001", "extra-file"),
        ("log/tile/2/000.p/1", "extra-file"),
        ("log/tile/0/000.p/300", "extra-file"),
        ("log/tile/70/000", "extra-file"),
        ("log/tile/entries/000.p/012", "extra-file"),
        ("log/other", "extra-file"),
        ("anchors/token.tsr", "extra-file"),
        ("keys/000002.keys", "extra-file"),
        ("stray", "extra-file"),
        ("log/aside", "torn-tail"),
        ("anchors/forged.checkpoint", "bad-signature"),
    ],
)
def test_a_file_that_does_not_belong(vault: Vault, name: str, kind: str):
    (vault.path / name).parent.mkdir(parents=True, exist_ok=True)
    (vault.path / name).write_bytes(b"x" * 32)
    assert vault.kinds() == {kind}


def test_a_link_does_not_belong(vault: Vault):
    (vault.path / "packs" / "elsewhere").symlink_to(vault.path.parent, target_is_directory=True)
    assert vault.kinds() == {"extra-file"}


def test_an_index_that_is_longer_or_shorter(vault: Vault):
    path = vault.path / "index"
    data = path.read_bytes()
    for wrong in (data + data[:64], data + b"x", data[:-1], data[:-64], b""):
        path.write_bytes(wrong)
        assert vault.kinds() == {"damaged-index"}, len(wrong)
