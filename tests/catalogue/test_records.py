"""What a reader sees of a record, by the rules."""

from datetime import timedelta

import pytest

from muniment.catalogue import intake, records
from muniment.catalogue.records import Sight
from muniment.people.models import Organisation, Person, PersonAddress
from muniment.readers.mail import Attachment, Party
from tests.catalogue.samples import ORGANISATION, WHEN, batch, mail, record

pytestmark = pytest.mark.django_db


def take(*mails, start: int = 0) -> list[str]:
    entries = [record(start + number) for number in range(len(mails))]
    intake.take_in(
        ORGANISATION, batch(*entries), dict(zip((each.record for each in entries), mails, strict=True))
    )
    return [each.record for each in entries]


@pytest.fixture
def ann() -> Person:
    organisation = Organisation.objects.create(id=ORGANISATION, name="Firm")
    person = Person.objects.create(organisation=organisation, name="Ann Lee")
    for address in ("Ann@x.org", "a.lee@x.org"):
        PersonAddress.objects.create(person=person, address=address)
    return person


@pytest.mark.parametrize(
    ("private", "sight", "subject", "name"),
    [
        (False, Sight.METADATA, None, None),
        (False, Sight.SUBJECTS, "Price list", "a.csv"),
        (False, Sight.FULL, "Price list", "a.csv"),
        (True, Sight.METADATA, None, None),
        (True, Sight.SUBJECTS, None, None),
        (True, Sight.FULL, "Price list", "a.csv"),
    ],
)
def test_subjects_and_file_names_are_content(private: bool, sight: Sight, subject, name) -> None:
    (one,) = take(
        mail(
            "a",
            marking=("private",) if private else (),
            attachments=(Attachment("a.csv", "text/csv", 3, "ff", "2"),),
        )
    )
    shown = records.record(ORGANISATION, one, sight)
    assert shown is not None
    assert (shown.subject, shown.attachments[0].name) == (subject, name)
    assert [party.name for party in shown.parties] == (["Ann", "Bob"] if subject else ["", ""])
    assert [party.address for party in shown.parties] == ["ann@x.org", "bob@x.org"]
    assert (shown.size, shown.attachment_count, shown.marked_private) == (100, 1, private)


def test_addresses_are_linked_to_the_person_whose_they_are(ann: Person) -> None:
    (one,) = take(mail("a"))
    shown = records.record(ORGANISATION, one, Sight.METADATA)
    assert shown is not None
    assert {party.address: party.person for party in shown.parties} == {"ann@x.org": ann.id, "bob@x.org": ""}


def test_a_later_address_links_what_is_held_already(ann: Person) -> None:
    (one,) = take(mail("a"))
    PersonAddress.objects.create(person=ann, address="bob@x.org")
    shown = records.record(ORGANISATION, one, Sight.METADATA)
    assert shown is not None
    assert {party.person for party in shown.parties} == {ann.id}


def test_copies_are_one_message_with_the_union_of_recipients() -> None:
    author = Party("from", "ann@x.org", "Ann")
    one, two = take(
        mail("a", parties=(author, Party("envelope-to", "bob@x.org"))),
        mail("a", parties=(author, Party("envelope-to", "eve@x.org"), Party("bcc", "eve@x.org"))),
    )
    first, second = records.records(ORGANISATION, [one, two], Sight.FULL)
    assert {(party.role, party.address) for party in first.parties} == {
        (party.role, party.address) for party in second.parties
    }
    assert {party.address for party in first.parties} == {"ann@x.org", "bob@x.org", "eve@x.org"}
    assert (first.copies, second.copies) == ((two,), (one,))


def test_records_come_in_the_order_asked_and_only_of_this_organisation() -> None:
    ids = take(*(mail(f"m{number}") for number in range(5)))
    assert [
        each.id for each in records.records(ORGANISATION, [ids[3], ids[0], "rec_none", ids[3]], Sight.FULL)
    ] == [ids[3], ids[0]]
    assert records.records("org_other", ids, Sight.FULL) == ()
    assert records.record("org_other", ids[0], Sight.FULL) is None


def test_everything_about_me_newest_first_over_pages(ann: Person) -> None:
    take(
        *(
            mail(
                f"m{number}",
                date=WHEN + timedelta(hours=number % 4),
                parties=(Party("from", "ann@x.org"), Party("to", "a.lee@x.org")),
            )
            for number in range(11)
        )
    )
    take(mail("other", parties=(Party("from", "eve@x.org"),)), start=20)
    addresses = records.addresses_of(ORGANISATION, ann.id)
    seen: list[records.RecordView] = []
    cursor = ""
    while True:
        page = records.about(ORGANISATION, addresses, Sight.FULL, limit=4, cursor=cursor)
        assert page.total == 11
        seen += page.records
        if not (cursor := page.cursor):
            break
    assert len({each.id for each in seen}) == 11
    assert [(each.sent, each.sequence) for each in seen] == sorted(
        ((each.sent, each.sequence) for each in seen), reverse=True
    )


def test_an_address_is_asked_for_in_any_case(ann: Person) -> None:
    take(mail("a"))
    assert records.about(ORGANISATION, ["ANN@X.ORG"], Sight.METADATA).total == 1
    assert records.about(ORGANISATION, [], Sight.METADATA).total == 0


@pytest.mark.parametrize("name", ["Ann Lee", "ann lee", " Ann Lee "])
def test_a_person_is_found_by_name(ann: Person, name: str) -> None:
    assert records.addresses_of(ORGANISATION, name) == ("a.lee@x.org", "ann@x.org")
    assert records.addresses_of("org_other", name) == ()
    assert records.addresses_of(ORGANISATION, "") == ()


def test_a_wrong_cursor_is_the_first_page(ann: Person) -> None:
    take(mail("a"))
    assert len(records.about(ORGANISATION, ["ann@x.org"], Sight.FULL, cursor="x.y").records) == 1


def test_totals() -> None:
    take(mail("a"), mail("b"))
    assert records.totals(ORGANISATION) == records.Totals(2, 0, 0)
    assert records.totals("org_other") == records.Totals(0, 0, 0)
