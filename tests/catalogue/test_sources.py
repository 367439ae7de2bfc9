"""Sources and their health."""

import pytest

from muniment.catalogue import sources
from muniment.catalogue.models import Record
from muniment.core import clock
from tests.governance.house import make_record

pytestmark = pytest.mark.django_db


def test_each_source_says_when_it_was_last_seen_and_how_much_came() -> None:
    now = clock.seconds()
    for place, (name, age) in enumerate((("journal", 60), ("journal", 3 * 24 * 3600), ("import", 10**7))):
        make_record("org_a", f"rec_{place}", place, private=False)
        Record.objects.filter(pk=f"rec_{place}").update(source=name, received=now - age)
    make_record("org_b", "rec_other", 0, private=False)
    journal, imported = sources.sources("org_a")
    assert (journal.name, journal.records, journal.day, journal.week) == ("journal", 2, 1, 2)
    assert journal.last == now - 60
    assert (imported.name, imported.day) == ("import", 0)


def test_what_is_erased_counts_for_no_source() -> None:
    make_record("org_a", "rec_1", 1, private=False)
    Record.objects.update(erased_at=1)
    assert sources.sources("org_a") == ()
