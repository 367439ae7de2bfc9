"""What other rooms see of people: frozen values, no database rows."""

from dataclasses import dataclass
from datetime import date, datetime

from muniment.people.roles import ADMINISTERING_ROLES, CONTENT_ROLES, Role


@dataclass(frozen=True)
class OrganisationView:
    """One organisation and how it wants its people signed in."""

    id: str
    name: str
    demo: bool
    controller_title: str
    idle_minutes: int


@dataclass(frozen=True)
class PersonView:
    """One person with the roles held at the moment of asking."""

    id: str
    organisation: str
    name: str
    kind: str
    email: str
    """The address of their account, or empty where they have none."""
    roles: frozenset[Role]
    addresses: tuple[str, ...]
    line_manager: str
    """The `per_…` id of their line manager, or empty."""

    @property
    def handles_content(self) -> bool:
        """Whether a role of theirs may ask for content, decide about it or be given it."""
        return bool(self.roles & CONTENT_ROLES)

    @property
    def administers(self) -> bool:
        """Whether they run the machine, and so never read what is on it."""
        return bool(self.roles & ADMINISTERING_ROLES)


@dataclass(frozen=True)
class PolicyView:
    """One published version of a policy, and when the person asked about accepted it."""

    id: int
    subject: str
    number: str
    title: str
    text: str
    effective: date
    review_due: date | None
    sha256: str
    published: datetime
    must_accept: bool
    accepted: datetime | None


@dataclass(frozen=True)
class ContractView:
    """A signed contract that stands for acceptance of the terms until it is `over`."""

    id: int
    person: str
    reference: str
    signed: date
    ends: date | None
    commissioner: str
    attested: datetime
    over: bool


@dataclass(frozen=True)
class DomainView:
    """A mail domain that is proposed (`assigned` is None) or assigned to an organisation."""

    id: int
    name: str
    kind: str
    proposed: datetime
    proposed_by: str
    proposer: str
    """The `per_…` id of who proposed it."""
    assigned: datetime | None
    assigned_by: str


@dataclass(frozen=True)
class TokenView:
    """A personal token as its owner sees it in a list; never the token itself."""

    id: int
    name: str
    hint: str
    created: datetime
    expires: datetime
    last_used: datetime | None
    revoked: datetime | None


@dataclass(frozen=True)
class JointActView:
    """An act that two authorities sign together: what exactly, and who has. `digest` is its SHA-256 in hex."""

    id: int
    title: str
    statement: bytes
    digest: str
    reason: str
    state: str
    proposed: datetime
    signed_by: tuple[str, ...]
    """The `per_…` ids of those who have signed."""


@dataclass(frozen=True)
class RegisterChangeView:
    """A change of the authority register that waits for signatures, or has them."""

    id: int
    about: str
    about_name: str
    summary: str
    statement: bytes
    state: str
    proposed: datetime
    proposed_by: str
    signed_by: tuple[str, ...]
    """The `per_…` ids of those who have signed."""
