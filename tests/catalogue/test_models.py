"""The tables: migrated as the models say, and unreadable on disk."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.utils import ConnectionHandler, IntegrityError

from muniment.catalogue import models
from muniment.catalogue.models import Record


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "catalogue", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_no_two_records_share_a_place() -> None:
    def row(name: str) -> Record:
        numbers = {
            "sequence": 1,
            "received": 0,
            "sent": 0,
            "size": 0,
            "attachments": 0,
            "marked_private": False,
        }
        return Record(id=name, organisation="org_a", **numbers)

    row("rec_a").save(force_insert=True)
    with pytest.raises(IntegrityError):
        row("rec_b").save(force_insert=True)


def test_each_row_says_what_it_is() -> None:
    rows = [
        models.Record(id="rec_a"),
        models.RecordParty(record_id="rec_a", role="to", address="nightjar@x.org"),
        models.Attachment(record_id="rec_a", part="2", name="nightjar.csv"),
        models.ThreadMessage(message="ab", thread="rec_a"),
        models.LedgerEntry(tag="vault:record:opened", sequence=4),
        models.Watermark(organisation="org_a", sequence=4),
    ]
    for row in rows:
        assert str(row)
        assert "nightjar" not in str(row)


def test_no_word_of_a_row_is_readable_in_the_database_file(tmp_path: Path, django_db_blocker) -> None:
    handler = ConnectionHandler(
        {"default": {"ENGINE": "muniment.database.sqlcipher", "NAME": tmp_path / "catalogue.db"}}
    )
    connection = handler["default"]
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Record)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalogue_record (id, organisation, sequence, channel, form, source, received, sent, subject,"
                " size, sha256, thread, message_digest, attachments, markings, marked_private, defects, unreadable)"
                " VALUES ('rec_a', 'org_a', 1, '', '', '', 0, 0, 'nightjar', 0, '', '', '', 0, '', 0, '', '')"
            )
        held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        connection.close()
    for form in (b"nightjar", "nightjar".encode("utf-16-le"), b"catalogue_record", b"rec_a"):
        assert form not in held
