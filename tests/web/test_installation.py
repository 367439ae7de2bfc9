"""Django on a home, and the rows of a founding."""

from muniment.people import services
from muniment.people.models import Organisation, Person, SignInLink
from muniment.vault.setup import Authority, Enrolment, Founding
from muniment.web import installation
from tests.town import Town


def test_a_founding_becomes_rows_once(town: Town) -> None:
    people = [Authority(f"per_{n}", f"Authority {n}") for n in (1, 2)]
    tokens = (Enrolment("per_1", "Authority 1", "token-1"),)
    founding = Founding("org_new", "New Firm", False, tuple(people), tokens, ())
    for _ in range(2):
        installation.record_founding(founding)
    assert Organisation.objects.get(pk="org_new").name == "New Firm"
    assert Person.objects.filter(organisation_id="org_new").count() == 2
    assert SignInLink.objects.count() == 1
    found = services.enrolment("org_new", "token-1")
    assert found is not None
    assert (found.person, found.first_authority) == ("per_1", True)


def test_tables_are_made_in_a_private_place(db: None, home) -> None:
    # The test database has its tables already: what is left to see is the place that is made for the file.
    installation.prepare_tables(home)
    assert home.catalogue.parent.stat().st_mode & 0o077 == 0
