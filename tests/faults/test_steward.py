"""A real server backs itself up into a real bucket while mail comes in; the backup is restored, and nothing lacks."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest

from muniment.processes import outcomes
from muniment.processes.outcomes import BACKUP
from muniment.vault.backup import generations
from muniment.vault.backup.drill import drill
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_client import Access
from tests.installations import PASSPHRASE, found, until
from tests.vault.backup.conftest import s3_server, s3_store
from tests.vault.backup.store import Store

__all__ = ["s3_server", "s3_store"]


def message(subject: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@firm.example", "b@firm.example", subject
    made.set_content("Hello.")
    return made


def test_while_it_serves(tmp_path: Path, s3_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = found(tmp_path)
    bucket = s3_store.bucket(versions=True)
    settings = installation.home.settings
    before = settings.read_text() if settings.is_file() else ""
    settings.write_text(
        f'{before}\n[backup]\ndestination = "{bucket.title}"\nendpoint = "{s3_store.endpoint}"\nevery = "3s"\n'
    )
    assert not any(word in settings.read_text() for word in (os.environ["AWS_ACCESS_KEY_ID"], "secret"))
    seen: set[str] = set()

    def backed_up(times: int) -> bool:
        seen.update(each.id for each in generations.listing(bucket).whole)
        return len(seen) >= times

    with installation.serving() as served:
        served.send(message("one"))
        until(lambda: backed_up(1), 60)
        served.send(message("two"))
        wanted = len(seen) + 2
        until(lambda: backed_up(wanted), 60)
        found_well = outcomes.read(installation.home, BACKUP)
    assert found_well
    assert found_well.well, found_well.says
    own = Bucket(bucket.bucket, bucket.prefix, Access(s3_store.endpoint))
    done = drill(own, PASSPHRASE, scratch=tmp_path)
    assert done.passed
    assert done.restored.organisations[0].records == 2
