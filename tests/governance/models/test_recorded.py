"""Every row of an act says in its facts whatever its columns say, so that an edit cannot hide."""

from django.db import models

from muniment.governance.compare import KINDS
from muniment.governance.models import Recorded
from muniment.governance.models.recorded import facts_digest
from muniment.release.models import Certificate
from tests.governance.house import House
from tests.governance.test_compare import full_of_acts
from tests.release.conduct import erased

NOT_FACTS = {"id", "ledger_sequence", "ledger_digest"}
# Columns that repeat what the keeper's own entry says in another form, or that follow from other facts.
REPEATED = {"Grant": {"request", "warrant"}, "GrantRevocation": {"grant"}, "Search": {"request"}}
REPEATED |= {"Certificate": {"organisation", "grant", "removed_from"}}
# Their words stand for them: another row has others.
REPEATED |= {"AnnouncementEnd": {"announcement"}, "CallMappingEnd": {"mapping"}}


def test_each_column_changes_the_digest(house: House) -> None:
    full_of_acts(house)
    [record] = house.records(1)
    erased(house, house.erasure_granted([record]).grant, record)
    kinds: list[type[Recorded]] = [*KINDS, Certificate]
    assert [name for kind in kinds for name in unseen(kind)] == []


def unseen(kind: type[Recorded]) -> list[str]:
    """The columns of an act that can be edited without its digest changing."""
    row = kind._default_manager.first()
    assert row is not None, kind
    before, found = row.digest(), []
    facts = [
        field
        for field in kind._meta.concrete_fields
        if field.name not in NOT_FACTS | REPEATED.get(kind.__name__, set())
    ]
    assert facts, kind
    for field in facts:
        kept = getattr(row, field.attname)
        setattr(row, field.attname, changed(field, kept))
        found += [f"{kind.__name__}.{field.attname}"] * (row.digest() == before)
        setattr(row, field.attname, kept)
    return found


def changed(field: models.Field, value: object) -> object:
    if isinstance(field, models.DateField):
        from datetime import timedelta  # noqa: PLC0415

        return value + timedelta(days=1)  # type: ignore[operator]  # a moment
    if isinstance(field, models.JSONField):
        return ["changed"]
    if isinstance(field, models.BinaryField):
        return b"changed"
    if isinstance(field, models.IntegerField):
        return int(str(value)) + 1
    return "changed"


def test_a_digest_is_of_canonical_facts() -> None:
    assert facts_digest({"a": 1, "b": "x"}) == facts_digest({"b": "x", "a": 1})
    assert facts_digest({"a": 1}) != facts_digest({"a": 2})
