"""What stands behind one record, and for whose eyes."""

import pytest

from muniment.catalogue.models import RecordParty
from muniment.core.errors import RefusedError
from muniment.core.tags import EventTag
from muniment.governance import granting, watching
from muniment.governance.authorisation import AbsentError
from muniment.governance.models import Denial
from muniment.governance.timeline import timeline
from muniment.release import provenance
from tests.governance.house import House
from tests.governance.test_monitored import granted as monitoring_granted
from tests.governance.test_monitored import line_of
from tests.governance.test_watching import followed
from tests.readers.calls.samples import a_call, the_facts
from tests.readers.calls.test_reading import statement
from tests.release.conduct import erased, export_granted, opened
from tests.release.test_calls import kept
from tests.release.test_monitoring import CALL, Recorder, begin


def test_watchers_holders_and_whoever_it_names_see_it_and_nobody_else(house: House) -> None:
    [record] = house.records(1)
    grant = house.granted([record]).grant
    opened(house, "hana", grant, record)
    RecordParty.objects.create(
        record_id=record, organisation=house.organisation, role="to", name="", sent=1, sequence=1,
        address=house.person("eve").addresses[0],
    )  # fmt: skip
    followed(house)
    for name in ("aud", "cora", "dora", "hana", "eve"):
        found = provenance.provenance(house.person(name), record)
        assert found is not None, name
        (opening,) = found.openings
        assert (opening.opened_by, opening.approved_by, opening.action) == ("Hana", "Dora", "view")
        assert found.record.subject is None
    for name in ("ira", "ada", "ines", "max"):
        assert provenance.provenance(house.person(name), record) is None
    assert provenance.provenance(house.estate.house().person("aud"), record) is None
    with pytest.raises(AbsentError):
        provenance.required(house.desk, house.person("aud"), "rec_none")
    with pytest.raises(RefusedError, match="stands in the proof log"):
        provenance.required(house.desk, house.person("max"), record)
    assert Denial.objects.filter(record=record, action="see_record").exists()


def test_a_live_export_grant_is_named_and_no_other(house: House) -> None:
    records = house.records(2)
    reading = house.granted(records).grant
    export = export_granted(house, records).grant
    found = provenance.provenance(house.person("ines"), records[0])
    assert found is not None
    assert found.export_grants == (export,)
    other = provenance.provenance(house.person("hana"), records[0])
    assert other is not None
    assert other.export_grants == ()
    assert reading


def test_after_an_erasure_the_certificate_is_named(house: House) -> None:
    [record] = house.records(1)
    certificate = erased(house, house.erasure_granted([record]).grant, record)
    found = provenance.provenance(house.person("aud"), record)
    assert found is not None
    assert found.certificate == certificate.id
    assert found.record.erased_at is not None


def test_a_reason_that_the_catalogue_has_not_reached_is_not_invented(house: House) -> None:
    assert provenance.why(house.organisation, "00" * 32).purpose == provenance.NOT_YET
    assert provenance.name_of("per_nobody") == "per_nobody"


def test_who_listened_while_the_call_went_on_stands_under_the_record_that_it_became(house: House) -> None:
    line_of(house, "eve", "201")
    grant = monitoring_granted(house).grant
    begin(house, Recorder(), grant)
    facts = the_facts(3, id=CALL)
    record = kept(house, a_call(3, facts=facts), statement("siprec", facts=facts))
    followed(house)
    found = provenance.provenance(house.person("aud"), record)
    assert found is not None
    (opening,) = found.openings
    assert (opening.action, opening.opened_by, opening.approved_by) == ("monitor", "Olga", "Dora")
    lines, _ = watching.ledger(house.person("aud"), record=record)
    assert [(one.tag, one.record) for one in lines] == [(EventTag.MONITOR_STARTED, record)]
    (moment,) = [
        one
        for one in timeline(house.person("cora"), granting.one(house.person("cora"), grant).case)
        if one.record
    ]
    assert (moment.record, moment.what) == (record, "listened to a call in progress")
