"""Tables of the room. Other rooms read them through `muniment.people.services` where they can."""

from muniment.people.models.accounts import Account, PersonalToken, SignInLink
from muniment.people.models.contracts import Contract
from muniment.people.models.domains import Domain
from muniment.people.models.joint import JointAct, JointSignature
from muniment.people.models.organisations import LineManager, Organisation, Person, PersonAddress
from muniment.people.models.policies import PolicyAcceptance, PolicyVersion
from muniment.people.models.register import RegisterChange, RegisterSignature
from muniment.people.models.roles import RoleAssignment

__all__ = [
    "Account",
    "Contract",
    "Domain",
    "JointAct",
    "JointSignature",
    "LineManager",
    "Organisation",
    "Person",
    "PersonAddress",
    "PersonalToken",
    "PolicyAcceptance",
    "PolicyVersion",
    "RegisterChange",
    "RegisterSignature",
    "RoleAssignment",
    "SignInLink",
]
