"""People, roles, accounts, policies and approval matrix of the demo, through the rooms' own services."""

from datetime import date, timedelta
from importlib.resources import files

from muniment.core import clock
from muniment.demo.founding import Founded
from muniment.demo.personas import ORGANISATIONS
from muniment.governance import adoption
from muniment.people import services
from muniment.people.models import PersonAddress, SignInLink
from muniment.people.roles import Role
from muniment.vault.client import DeskDoor

ACCEPTS_LATER = frozenset({"accounts"})
"""Whoever signs in as one of these meets the policies first, as every new colleague does."""

_TITLES = {
    "call_recording": "Call recording policy",
    "communications": "Communications policy",
    "electronic_communications": "Electronic communications and guest Wi-Fi policy",
}


def people_of(desk: DeskDoor, founded: Founded) -> None:
    """Everybody in one organisation: rows, roles, who reports to whom, ways to sign in."""
    organisation = next(each for each in ORGANISATIONS if each.key == founded.card.key)
    services.found_organisation(founded.card.organisation, founded.card.name, demo=True)
    cards = {card.key: card for card in founded.personas}
    for persona in organisation.personas:
        card = cards[persona.key]
        services.add_person(card.organisation, card.name, addresses=[card.email], person=card.person)
        for role in sorted(persona.roles):
            services.give_role(desk, card.person, Role(role))
        _telephones(card.person, persona.writer.telephone)
        services.open_account(card.person, card.email)
        services.make_link(card.organisation, SignInLink.Use.DEMO, person=card.person, token=card.token)
        services.make_token(card.person, "Demo", days=366, secret=card.api_token)
    for persona in organisation.personas:
        if persona.reports_to:
            services.set_line_manager(cards[persona.key].person, cards[persona.reports_to].person)


def desktop_of(founded: Founded, key: str) -> str:
    """A token for the telephone desktop of one persona; its text."""
    card = next(each for each in founded.personas if each.key == key)
    return services.make_token(card.person, "Telephone desktop", days=366, use=services.TokenUse.DESKTOP)[0]


def _telephones(person: str, number: str) -> None:
    """A number of one's own, and the extension that it ends with; a number that others share means nobody."""
    if number and number not in {each.firm.telephone for each in ORGANISATIONS}:
        services.add_address(person, number, PersonAddress.Kind.TELEPHONE)
        services.add_address(person, number.rsplit(maxsplit=1)[-1], PersonAddress.Kind.TELEPHONE)


def policies_of(desk: DeskDoor, founded: Founded) -> None:
    """Publish the policies, put the approval matrix of the first in force, let most people accept."""
    organisation = next(each for each in ORGANISATIONS if each.key == founded.card.key)
    adoption.set_up(desk, founded.card.organisation, organisation.policies[0])
    controller = next(card for card in founded.personas if Role.DATA_CONTROLLER in card.roles)
    today = clock.now().date()
    for pack in organisation.policies:
        number = services.draft_policy(
            founded.card.organisation,
            subject=pack,
            number=f"{today.year}-1",
            title=_TITLES[pack],
            text=_text(pack, founded.card.name),
            effective=_first_of_month(today),
            review_due=_first_of_month(today) + timedelta(days=365),
        )
        services.publish(desk, number, by=controller.person)
    for card in founded.personas:
        if card.key not in ACCEPTS_LATER:
            for policy in services.waiting_policies(card.person):
                services.accept(desk, card.person, policy.id, sha256=policy.sha256, address="127.0.0.1")


def _text(pack: str, name: str) -> str:
    text = files("muniment.demo").joinpath(f"policies/{pack}.txt").read_text(encoding="utf-8")
    return text.replace("THE ORGANISATION", name)


def _first_of_month(day: date) -> date:
    return day.replace(day=1)
