"""What has happened before the visitor comes: a closed case with openings, and a request that waits.

Every act goes through governance and release, signed with the personas' own keys, as in the product.
"""

from dataclasses import dataclass

from muniment.catalogue.models import Record
from muniment.demo.card import PersonaCard, private_key
from muniment.demo.founding import Founded
from muniment.governance import cases, deciding, drafts, granting, held, locating, submission
from muniment.governance.statements import ToSign
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.release import opening
from muniment.search.client import Librarian
from muniment.vault.authority.signing import SignedStatement, sign_with_key
from muniment.vault.client import DeskDoor

MOST_CHOSEN = 4


@dataclass(frozen=True)
class Ask:
    """A request as somebody writes it."""

    category: str
    purpose: str
    reason: str
    nature: str
    when: str
    about: tuple[str, ...]
    query: str
    actions: tuple[str, ...] = ()
    """What is asked for; what the policy's row usually gives where empty."""


COMPLAINT = Ask(
    category="business",
    purpose="C2",
    reason="Kestrel say that nobody told them when their stores PC would be looked at. I want to see what "
    "we wrote to them before I ring.",
    nature="Jack's answers to Kestrel about open tickets",
    when="the last three months",
    about=("employee",),
    query="from:jack.fenwick@wethercote.example to:@kestrelprecision.example",
)
GRIEVANCE = Ask(
    category="investigation",
    purpose="M5",
    reason="A formal grievance about how a colleague was spoken to. I need what the two wrote to each other "
    "and around it, and nothing else.",
    nature="Messages of the operations director to the service desk",
    when="since September",
    about=("director",),
    query="from:diane.okafor@wethercote.example",
)

OWN_DATA = Ask(
    category="dsar",
    purpose="L1",
    reason="Mr Maddox of Brackenfield asks for the recording of the call in which he was told of the delay. Our "
    "engineer's name in it is not his data, and is to be covered.",
    nature="One telephone call between Mr Maddox and our account manager",
    when="the day on which the laptops were delayed",
    about=(),
    query="channel:call party:maddox direction:outbound",
    actions=("listen", "export"),
)
CARD = Ask(
    category="business",
    purpose="K3",
    reason="Beata takes payments by card since this month. She and I want to hear together whether the recording "
    "was stopped before the number was read out.",
    nature="One call to accounts in which an invoice was paid by card",
    when="today",
    about=("accounts",),
    query="channel:call queue:accounts masked:yes",
)


class House:
    """One organisation with its people's keys at hand."""

    def __init__(self, founded: Founded, desk: DeskDoor, librarian: Librarian) -> None:
        self._cards = {card.key: card for card in founded.personas}
        self._desk = desk
        self._librarian = librarian

    def person(self, key: str) -> PersonView:
        """A persona as the rooms see one."""
        return people.view(self._cards[key].person)

    def sign(self, key: str, shown: ToSign) -> SignedStatement:
        """What a persona signs after reading it."""
        card: PersonaCard = self._cards[key]
        own = private_key(card)
        return sign_with_key(own.signer, shown.statement, person=card.person, key=own.key)

    def ask(self, key: str, ask: Ask) -> RequestView:
        """Write a request and sign it."""
        actor = self.person(key)
        draft = drafts.begin(actor, ask.category)
        drafts.change(
            actor,
            draft.id,
            purpose=ask.purpose,
            given={"reason": ask.reason, "nature": ask.nature, "when": ask.when},
            not_known=["extension", "external_number", "parties"],
            about=[self._cards[each].person for each in ask.about],
            actions=ask.actions or None,
        )
        shown = submission.prepare(actor, draft.id)
        return submission.submit(self._desk, actor, draft.id, self.sign(key, shown))

    def locate(self, key: str, request: RequestView, query: str) -> RequestView:
        """Look for the records of a request and choose some that are not private."""
        actor = self.person(key)
        shown = locating.prepare(actor, request.id)
        search = locating.searcher(self._librarian, actor, query)
        found = locating.locate(search, self._desk, actor, request.id, query, self.sign(key, shown))
        known = held.facts(actor.organisation, found.ids)
        chosen = [record for record in found.ids if not known[record].private][:MOST_CHOSEN]
        return locating.choose(self._desk, actor, request.id, chosen)

    def approve(self, key: str, request: RequestView, reason: str) -> RequestView:
        """Say yes to a request."""
        actor = self.person(key)
        shown = deciding.prepare_approval(self._desk, actor, request.id, reason)
        return deciding.decide(self._desk, actor, request.id, self.sign(key, shown))

    def read(self, key: str, grant: str, record: str) -> None:
        """Open a record under a grant."""
        actor = self.person(key)
        shown = opening.prepare(actor, grant, [record], "view")
        opening.read_record(self._desk, actor, grant, record, self.sign(key, shown))

    def revoke(self, key: str, grant: str, reason: str) -> None:
        """Take a grant back."""
        actor = self.person(key)
        shown = granting.prepare_revocation(actor, grant, reason)
        granting.revoke(self._desk, actor, grant, self.sign(key, shown))

    def close(self, key: str, case: str, outcome: str) -> None:
        """Close a case."""
        cases.close(self._desk, self.person(key), case, outcome)


def play(house: House) -> dict[str, str]:
    """Let it all happen; ids that the tour names."""
    return {
        "closed_case": _closed_case(house),
        "request_about_a_director": _waiting_request(house),
        "grant_to_copy": _own_data(house),
        **_records(house.person("employee").organisation),
    }


def _closed_case(house: House) -> str:
    asked = house.locate("data_controller", house.ask("line_manager", COMPLAINT), COMPLAINT.query)
    granted = house.approve(
        "director", asked, "A customer waits for an answer, and these are our own answers to that customer."
    )
    for record in granted.records[:2]:
        house.read("line_manager", granted.grant, record)
    house.revoke("director", granted.grant, "The question is answered; nothing more needs to be opened.")
    house.close(
        "data_controller",
        granted.case,
        "They had been told twice, both times by mail to somebody who has left. Addresses corrected.",
    )
    return granted.case


def _waiting_request(house: House) -> str:
    return house.locate("data_controller", house.ask("investigator", GRIEVANCE), GRIEVANCE.query).id


def may_listen(house: House) -> str:
    """HR asks for the call with the card, and a director agrees; the grant's id."""
    asked = house.locate("data_controller", house.ask("hr", CARD), CARD.query)
    granted = house.approve("director", asked, "Beata asked for it herself, and it is one call.")
    return granted.grant


def _own_data(house: House) -> str:
    asked = house.locate("data_controller", house.ask("data_controller", OWN_DATA), OWN_DATA.query)
    granted = house.approve(
        "data_controller",
        asked,
        "It is his own voice, and what was said to him. Others in it are covered first.",
    )
    return granted.grant


def _records(organisation: str) -> dict[str, str]:
    wanted = {
        "sent_by_mistake": "Letter from the hospital",
        "what_was_promised": "Order BJ-4471 - 24 laptops",
        "nasty_html": "Your parcel is waiting",
    }
    found = {}
    for name, subject in wanted.items():
        rows = Record.objects.filter(organisation=organisation, subject__startswith=subject)
        found[name] = rows.order_by("sent").values_list("id", flat=True)[0]
    return found
