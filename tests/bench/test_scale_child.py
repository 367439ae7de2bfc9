"""What is done with a large vault is done for real, and refuses one that is not sound."""

from pathlib import Path

import pytest

from muniment.bench.scale_child import spend
from muniment.bench.workshop import ORGANISATION, workshop
from muniment.core.errors import FaultFoundError


def test_each_thing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with workshop() as made:
        made.store.commit([made.seal([b"one", b"two"])])
        made.store.publish()
        made.store.close()
        for what in ("open", "verify"):
            spent = spend(what, made.path, ORGANISATION)
            assert spent.seconds > 0
            assert spent.processor > 0
        (made.path / "index").unlink()
        spend("rebuild", made.path, ORGANISATION)
        assert (made.path / "index").stat().st_size == 128
        (made.path / "index").write_bytes(bytes(128))
        with pytest.raises(FaultFoundError):
            spend("verify", made.path, ORGANISATION)
