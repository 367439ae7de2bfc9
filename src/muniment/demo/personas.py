"""The two organisations of the demo and the people in them. All invented; no such firm or person exists."""

from dataclasses import dataclass

from muniment.demo.corpus.correspondents import Client, Correspondent, Firm
from muniment.people.roles import Role

WETHERCOTE = Firm(
    name="Wethercote Systems Limited",
    domain="wethercote.example",
    footer=(
        "Wethercote Systems Limited. Registered in England and Wales, company number 99417306.\n"
        "Registered office: Unit 7, Ropewalk Court, Ferry Lane, Wisbourne WB4 7QT."
    ),
    telephone="01632 960 400",
)
ELDER_ROW = Firm(
    name="Elder Row Housing Trust",
    domain="elderrow.example",
    footer=(
        "Elder Row Housing Trust is a charity and a company limited by guarantee, registered in England and\n"
        "Wales, company number 99280115, charity number 9904471. Registered office: The Old Almonry, 2 Elder\n"
        "Row, Wisbourne WB1 2HH."
    ),
    telephone="01632 960 150",
)


@dataclass(frozen=True)
class Persona:
    """One person who can sign in to the demo."""

    key: str
    """The name by which the tour, tests and `demo.json` mean this person."""
    writer: Correspondent
    roles: frozenset[Role]
    reports_to: str = ""
    """The key of the line manager."""
    first_authority: bool = False
    """Whether the genesis entry names this person as one of the two first authorities."""


@dataclass(frozen=True)
class Organisation:
    """One tenant of the demo."""

    key: str
    firm: Firm
    personas: tuple[Persona, ...]
    policies: tuple[str, ...]
    """The policy packs that hold for it."""
    journal: str
    """The address that its mail server copies every message to."""


def _wethercote(
    key: str,
    name: str,
    title: str,
    roles: set[Role],
    *,
    groups: tuple[str, ...],
    client: Client = Client.OUTLOOK,
    called: str = "",
    closings: tuple[str, ...] = ("Kind regards", "Many thanks"),
    greetings: tuple[str, ...] = ("Hi {first},", "{first},"),
    careless: float = 0.0,
    extension: str = "",
    reports_to: str = "",
    first_authority: bool = False,
) -> Persona:
    given, *_, last = name.lower().replace("'", "").split()
    writer = Correspondent(
        name=name,
        address=f"{given}.{last}@{WETHERCOTE.domain}",
        firm=WETHERCOTE,
        title=title,
        client=client,
        groups=("staff", *groups),
        called=called,
        closings=closings,
        greetings=greetings,
        careless=careless,
        telephone=f"01632 960 {extension}" if extension else "",
    )
    return Persona(key, writer, frozenset(roles), reports_to, first_authority)


WETHERCOTE_PERSONAS = (
    _wethercote(
        "managing_director",
        "Margaret Holroyd",
        "Managing Director",
        {Role.MANAGING_DIRECTOR, Role.DIRECTOR},
        groups=("board", "boss"),
        closings=("Margaret", "Regards\nMargaret"),
        greetings=("{first},", "{first} -"),
        extension="401",
        first_authority=True,
    ),
    _wethercote(
        "director",
        "Diane Okafor",
        "Operations Director",
        {Role.DIRECTOR},
        groups=("board", "boss"),
        closings=("Thanks", "Regards", "D"),
        greetings=("{first},", "{first},", ""),
        careless=0.15,
        extension="402",
    ),
    _wethercote(
        "office_manager",
        "Susan Pryce",
        "Office Manager",
        {Role.OFFICE_MANAGER},
        groups=("office",),
        called="Sue",
        closings=("Many thanks\nSue", "Thanks all\nSue x", "Sue"),
        greetings=("Hi {first},", "Morning {first},"),
        extension="400",
        reports_to="managing_director",
    ),
    _wethercote(
        "data_controller",
        "Eleanor Whitcombe",
        "Data Protection and Compliance Manager",
        {Role.DATA_CONTROLLER},
        groups=("compliance",),
        closings=("Kind regards", "With best wishes"),
        greetings=("Dear {first},", "{first},"),
        extension="405",
        reports_to="managing_director",
        first_authority=True,
    ),
    _wethercote(
        "hr",
        "Priya Raman",
        "People Manager",
        {Role.HR},
        groups=("people",),
        closings=("Best wishes", "Thanks", "Kind regards"),
        greetings=("Hi {first},", "Hello {first},"),
        extension="406",
        reports_to="managing_director",
    ),
    _wethercote(
        "line_manager",
        "Tom Ashdown",
        "Service Delivery Manager",
        {Role.LINE_MANAGER},
        groups=("desk_lead", "desk", "family"),
        closings=("Cheers", "Thanks", "Regards"),
        greetings=("Hi {first},", "{first},", "Morning {first},"),
        careless=0.1,
        extension="410",
        reports_to="director",
    ),
    _wethercote(
        "investigator",
        "Nadia Farouk",
        "Internal Investigator",
        {Role.INVESTIGATOR},
        groups=("compliance_team",),
        closings=("Regards", "Kind regards"),
        extension="407",
        reports_to="data_controller",
    ),
    _wethercote(
        "reviewer",
        "Gareth Llewellyn",
        "Quality Lead",
        {Role.REVIEWER},
        groups=("quality",),
        client=Client.THUNDERBIRD,
        closings=("Gareth", "Diolch\nGareth"),
        greetings=("{first},", "Hi {first},"),
        extension="411",
        reports_to="director",
    ),
    _wethercote(
        "employee",
        "Jack Fenwick",
        "Service Desk Analyst",
        {Role.EMPLOYEE},
        groups=("desk", "analyst", "family"),
        closings=("Cheers", "Thanks", "Ta"),
        greetings=("Hi {first},", "Hiya {first},", "{first}"),
        careless=0.2,
        extension="413",
        reports_to="line_manager",
    ),
    _wethercote(
        "account_manager",
        "Chloe Brennan",
        "Account Manager",
        {Role.EMPLOYEE},
        groups=("sales", "family"),
        closings=("Kind regards", "Best", "Many thanks"),
        greetings=("Hi {first},", "Good morning {first},"),
        extension="415",
        reports_to="line_manager",
    ),
    _wethercote(
        "field_engineer",
        "Marcus Bell",
        "Field Engineer",
        {Role.EMPLOYEE},
        groups=("engineer", "family"),
        closings=("Cheers", "Marcus", "Thanks"),
        greetings=("Hi {first}", "{first},", "Alright {first},"),
        careless=0.25,
        extension="414",
        reports_to="line_manager",
    ),
    _wethercote(
        "accounts",
        "Beata Kowalczyk",
        "Accounts Assistant",
        {Role.EMPLOYEE},
        groups=("accounts",),
        closings=("Kind regards", "Thank you"),
        greetings=("Dear {first},", "Hi {first},"),
        extension="420",
        reports_to="office_manager",
    ),
    _wethercote(
        "it_engineer",
        "Aisha Malik",
        "Infrastructure Engineer",
        {Role.IT_ENGINEER},
        groups=("engineer", "infrastructure"),
        client=Client.THUNDERBIRD,
        closings=("Aisha", "Thanks,\nAisha"),
        greetings=("Hi {first},", "{first},"),
        extension="416",
        reports_to="director",
    ),
    _wethercote(
        "administrator",
        "Owen Tranter",
        "Systems Administrator",
        {Role.ADMINISTRATOR},
        groups=("infrastructure", "engineer"),
        client=Client.THUNDERBIRD,
        closings=("Owen", "Regards, Owen"),
        greetings=("{first},", ""),
        extension="417",
        reports_to="director",
    ),
    _wethercote(
        "auditor",
        "Helen Strand",
        "Internal Auditor",
        {Role.AUDITOR},
        groups=("audit",),
        closings=("Yours sincerely", "Kind regards"),
        greetings=("Dear {first},",),
        extension="408",
        reports_to="managing_director",
    ),
)


def _elder_row(
    key: str,
    name: str,
    title: str,
    roles: set[Role],
    *,
    groups: tuple[str, ...],
    client: Client = Client.OUTLOOK,
    called: str = "",
    closings: tuple[str, ...] = ("Kind regards", "Best wishes"),
    reports_to: str = "",
    first_authority: bool = False,
) -> Persona:
    given, *_, last = name.lower().split()
    writer = Correspondent(
        name=name,
        address=f"{given[0]}.{last}@{ELDER_ROW.domain}",
        firm=ELDER_ROW,
        title=title,
        client=client,
        groups=("trust_staff", *groups),
        called=called,
        closings=closings,
        greetings=("Dear {first},", "Hello {first},", "Hi {first},"),
        telephone=ELDER_ROW.telephone,
    )
    return Persona(key, writer, frozenset(roles), reports_to, first_authority)


ELDER_ROW_PERSONAS = (
    _elder_row(
        "trust_chief_executive",
        "Ruth Adeyemi",
        "Chief Executive",
        {Role.MANAGING_DIRECTOR, Role.DIRECTOR},
        groups=("trust_chief",),
        first_authority=True,
    ),
    _elder_row(
        "trust_director",
        "Alan Birkett",
        "Director of Property",
        {Role.DIRECTOR},
        groups=("property", "property_lead"),
        closings=("Regards", "Alan"),
        reports_to="trust_chief_executive",
    ),
    _elder_row(
        "trust_data_controller",
        "Joan Sibley",
        "Company Secretary",
        {Role.DATA_CONTROLLER},
        groups=("secretary",),
        reports_to="trust_chief_executive",
        first_authority=True,
    ),
    _elder_row(
        "trust_office_manager",
        "Siân Prosser",
        "Office Manager",
        {Role.OFFICE_MANAGER},
        groups=("trust_office", "housing"),
        closings=("Many thanks\nSiân", "Diolch\nSiân"),
        reports_to="trust_chief_executive",
    ),
    _elder_row(
        "trust_employee",
        "Liam Dacosta",
        "Housing Officer",
        {Role.EMPLOYEE},
        groups=("housing",),
        client=Client.OUTLOOK,
        closings=("Thanks", "Kind regards"),
        reports_to="trust_director",
    ),
    _elder_row(
        "trust_surveyor",
        "Zoë Hartnell",
        "Building Surveyor",
        {Role.EMPLOYEE},
        groups=("property", "surveyor"),
        client=Client.THUNDERBIRD,
        closings=("Zoë", "Kind regards\nZoë"),
        reports_to="trust_director",
    ),
)

ORGANISATIONS = (
    Organisation(
        "wethercote",
        WETHERCOTE,
        WETHERCOTE_PERSONAS,
        ("call_recording", "communications"),
        "journal@archive.wethercote.example",
    ),
    Organisation(
        "elder_row",
        ELDER_ROW,
        ELDER_ROW_PERSONAS,
        ("electronic_communications",),
        "journal@archive.elderrow.example",
    ),
)


def persona(key: str) -> Persona:
    """The persona of that key; KeyError if there is none."""
    return {each.key: each for organisation in ORGANISATIONS for each in organisation.personas}[key]
