"""What other rooms may do with people. Every act is written to the ledger together with its row."""

from muniment.people.services.access import (
    access,
    end_access,
    end_links,
    invite,
    invite_again,
    make_reset_link,
    reset_password,
    who_resets,
)
from muniment.people.services.contracts import attest_contract, contracts, outsiders
from muniment.people.services.domains import assign_domain, domains, end_domain, propose_domain
from muniment.people.services.joint import (
    joint_acts,
    propose_rotation,
    sign_joint_act,
    turn_down_joint_act,
)
from muniment.people.services.links import enrolment, make_link, use_enrolment, who_follows
from muniment.people.services.organisations import (
    add_address,
    add_person,
    found_organisation,
    open_account,
    organisation_view,
    persons,
    set_line_manager,
    view,
)
from muniment.people.services.policies import (
    accept,
    draft_policy,
    policies,
    publish,
    waiting_policies,
)
from muniment.people.services.register import (
    propose_change,
    register_changes,
    sign_change,
    withdraw_change,
)
from muniment.people.services.role_changes import give_role, holders, remove_role
from muniment.people.services.tokens import TokenUse, make_token, revoke_token, tokens, who_holds

__all__ = [
    "TokenUse",
    "accept",
    "access",
    "add_address",
    "add_person",
    "assign_domain",
    "attest_contract",
    "contracts",
    "domains",
    "draft_policy",
    "end_access",
    "end_domain",
    "end_links",
    "enrolment",
    "found_organisation",
    "give_role",
    "holders",
    "invite",
    "invite_again",
    "joint_acts",
    "make_link",
    "make_reset_link",
    "make_token",
    "open_account",
    "organisation_view",
    "outsiders",
    "persons",
    "policies",
    "propose_change",
    "propose_domain",
    "propose_rotation",
    "publish",
    "register_changes",
    "remove_role",
    "reset_password",
    "revoke_token",
    "set_line_manager",
    "sign_change",
    "sign_joint_act",
    "tokens",
    "turn_down_joint_act",
    "use_enrolment",
    "view",
    "waiting_policies",
    "who_follows",
    "who_holds",
    "who_resets",
    "withdraw_change",
]
