"""Two persons destroy one record: order first, key gone, derived data gone, certificate."""

from datetime import timedelta
from pathlib import Path

import pytest

from muniment.catalogue.models import Record
from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import deciding, holds, locating
from muniment.governance.models import Denial
from muniment.governance.views import RequestState
from muniment.release import disposal, opening
from muniment.release.comparing import compare
from muniment.release.models import Certificate
from muniment.search import follow
from muniment.search.client import Librarian, LibrarianIntake
from muniment.search.private import private_librarian
from muniment.search.reading import Readers
from tests.governance.house import House, estate
from tests.governance.test_holds import placed, released
from tests.release.conduct import erased, opened


def test_two_persons_erase_and_the_certificate_says_by_which_rule_and_when_it_is_final(house: House) -> None:
    [record] = house.records(1)
    certificate = erased(house, house.erasure_granted([record]).grant, record)

    assert certificate.rule == "4"
    assert {person.name for person in certificate.signers} == {"Cora", "Dora"}
    assert timedelta(0) < certificate.final - certificate.destroyed <= timedelta(days=30)
    row = Record.objects.get(pk=record)
    assert row.erased_at is not None
    assert row.subject == ""
    assert compare(house.desk, house.organisation) == ()


def test_the_certificate_names_where_backups_of_the_key_are(house: House) -> None:
    [record] = house.records(1)
    desk, expires = house.estate.doors.desk, clock.seconds() + 20 * 24 * 3600
    desk.take_keys(house.organisation, "one", expires, "s3://far/away")
    certificate = erased(house, house.erasure_granted([record]).grant, record)
    assert certificate.backups == ("s3://far/away",)
    assert certificate.removed_from == disposal.REMOVED_FROM
    assert int(certificate.final.timestamp()) >= expires


def test_afterwards_search_finds_nothing(db: None, tmp_path: Path) -> None:
    """With the real librarian and the worker's own step: found before, and in no term of the index after."""
    with estate(tmp_path / "home", 1) as made, private_librarian(made.home, made.keyring.librarian_keys()):
        house = made.house()
        [record] = house.records(1, catalogued=False)
        with Librarian(made.home) as librarian, LibrarianIntake(made.home) as intake:
            readers = Readers()
            try:
                catch_up(house, intake, readers)
                request, cora = house.submitted("cora", "erasure", purpose="L2"), house.person("cora")
                assert found(house, librarian, request.id, "Hello") == (record,)
                locating.choose(house.desk, cora, request.id, [record])
                house.approve("cora", request, beside=[house.id("dora")])
                certificate = erased(house, house.approve("dora", request).grant, record)
                assert not disposal.removed_from_index(librarian, cora, certificate)
                catch_up(house, intake, readers)
                assert disposal.removed_from_index(librarian, cora, certificate)
                again = house.submitted("cora", "erasure", purpose="L2")
                assert found(house, librarian, again.id, "Hello OR subject:offer") == ()
            finally:
                readers.close()


def catch_up(house: House, intake: LibrarianIntake, readers: Readers) -> None:
    while not follow.follow(house.organisation, house.estate.doors.index, intake, readers).idle:
        pass


def found(house: House, librarian: Librarian, request: str, query: str) -> tuple[str, ...]:
    cora = house.person("cora")
    signed = house.sign("cora", locating.prepare(cora, request))
    search = locating.searcher(librarian, cora, query)
    return locating.locate(search, house.desk, cora, request, query, signed).ids


def test_afterwards_nothing_opens_it(house: House) -> None:
    [record] = house.records(1)
    reading = house.granted([record])
    page = opened(house, "hana", reading.grant, record)
    erased(house, house.erasure_granted([record]).grant, record)
    with pytest.raises(RefusedError, match="not open any more"):
        opening.read_again(house.desk, house.person("hana"), page.token)
    with pytest.raises(RefusedError, match="erased"):
        opened(house, "hana", reading.grant, record)


def test_what_is_held_is_not_erased_until_two_persons_release_it(house: House) -> None:
    [record] = house.records(1)
    grant = house.erasure_granted([record]).grant
    hold = placed(house, [record])
    with pytest.raises(RefusedError, match="hold"):
        erased(house, grant, record)
    assert Record.objects.get(pk=record).erased_at is None
    released(house, hold, "cora")
    with pytest.raises(RefusedError, match="hold"):
        erased(house, grant, record)
    released(house, hold, "dora", "")
    assert erased(house, grant, record).rule == "4"


def test_the_keeper_refuses_what_is_held_although_the_rows_say_otherwise(house: House) -> None:
    [record] = house.records(1)
    grant = house.erasure_granted([record]).grant
    hold = placed(house, [record])
    from muniment.governance.models import HeldRecord  # noqa: PLC0415

    HeldRecord.objects.filter(hold_id=hold).delete()
    with pytest.raises(RefusedError, match="is held by"):
        erased(house, grant, record)
    assert not Certificate.objects.exists()
    assert Denial.objects.filter(record=record, action="erase").exists()


def test_one_person_erases_nothing(house: House) -> None:
    [record] = house.records(1)
    request = house.located(house.submitted("cora", "erasure", purpose="L2"), [record])
    request = house.approve("cora", request)
    assert request.state is RequestState.DECIDING
    assert request.grant == ""
    with pytest.raises(RefusedError):
        deciding.prepare_approval(
            house.desk, house.person("cora"), request.id, "Again.", beside=[house.id("cora")]
        )


def test_a_grant_to_read_erases_nothing(house: House) -> None:
    [record] = house.records(1)
    grant = house.granted([record]).grant
    with pytest.raises(RefusedError):
        opening.prepare(house.person("hana"), grant, [record], "erase")


def test_a_record_is_erased_once(house: House) -> None:
    [record] = house.records(1)
    grant = house.erasure_granted([record]).grant
    erased(house, grant, record)
    with pytest.raises(RefusedError):
        erased(house, grant, record)
    with pytest.raises(RefusedError, match="nothing left to hold"):
        holds.place(house.desk, house.person("ines"), [record], "Too late.")


def test_a_certificate_is_read_by_those_who_took_part(house: House) -> None:
    [record] = house.records(1)
    certificate = erased(house, house.erasure_granted([record]).grant, record)
    for name in ("cora", "dora"):
        assert disposal.certificate(house.person(name), certificate.id) == certificate
    for name in ("hana", "ada", "eve"):
        with pytest.raises(RefusedError):
            disposal.certificate(house.person(name), certificate.id)
    with pytest.raises(RefusedError):
        disposal.certificate(house.estate.house().person("cora"), certificate.id)
