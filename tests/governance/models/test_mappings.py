"""Rows of saved mappings."""

from datetime import UTC, datetime

import msgspec
import pytest
from django.core.management import call_command

from muniment.core import canonical
from muniment.core.row_mapping import SavedMapping
from muniment.governance.models import CallMapping, CallMappingEnd
from muniment.vault.keeper.entries import MappingVersion


def test_the_keeper_can_read_the_mapping_from_the_facts() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    row = CallMapping(
        organisation_id="org_a", person_id="per_a", name="hosted", version=2, columns={"caller": "A Number"},
        directions={"Ankommend": "inbound"}, zone="Europe/Dublin", region="IE", at=at,
    )  # fmt: skip
    said = msgspec.json.decode(canonical.dumps(row.facts()), type=SavedMapping)
    assert said == SavedMapping(
        {"caller": "A Number"}, {"Ankommend": "inbound"}, "Europe/Dublin", "IE", name="hosted", version=2
    )
    assert str(row) == "hosted, version 2"


def test_the_keeper_can_read_from_the_facts_which_version_ended() -> None:
    row = CallMapping(name="hosted", version=2)
    end = CallMappingEnd(
        organisation_id="org_a", mapping=row, ended_by_id="per_a", ended=datetime(2026, 3, 2, tzinfo=UTC)
    )
    said = msgspec.json.decode(canonical.dumps(end.facts()), type=MappingVersion)
    assert said == MappingVersion("hosted", 2)
    assert str(end) == "end of hosted, version 2"


@pytest.mark.django_db
def test_the_tables_are_as_the_migrations_make_them() -> None:
    call_command("makemigrations", "governance", check=True, dry_run=True, verbosity=0)
