"""The vault for measuring is a real one, and leaves nothing behind."""

from pathlib import Path

import pytest

from muniment.bench.workshop import ORGANISATION, workshop
from muniment.vault.verify import verify


def test_it_seals_and_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with workshop() as made:
        made.store.commit([made.seal([b"one", b"two"])])
        made.store.publish()
        assert verify(made.path, ORGANISATION).records == 2
    assert list(tmp_path.iterdir()) == []
