"""Every page × every role: what is answered. A page that is not in this table fails a test.

Codes: an answer's status, or where a redirect leads. `OUT` = sent to sign in. Where all roles get the
same answer one value stands for them; otherwise `by_role` names those who differ. `other` is what anybody
of another organisation gets for our ids; `nobody` what a browser without a session gets. Pages without an
id have no `other`.
"""

from typing import Final

from muniment.people import services
from muniment.people.models import JointAct
from muniment.people.roles import Role
from tests.town import Town
from tests.web.access_proving import PROVING
from tests.web.access_rows import OUT, Row, Things, all_but, only


def _unwanted_change(town: Town, _things: Things) -> dict[str, object]:
    """A fresh one each time: an authority turns it down for good."""
    proposer = services.add_person(town.ours.id, "Another proposer")
    change = services.propose_change(
        town.ours.id, by=proposer.id, about=proposer.id, summary="Remove a key", serial=1, remove=["key_none"]
    )
    return {"number": change.id}


def _unwanted_act(town: Town, things: Things) -> dict[str, object]:
    """One that waits beside the other; two are not proposed together, so it is written down as it stands."""
    first = JointAct.objects.get(pk=things.joint)
    return {"number": JointAct.objects.create(organisation_id=town.ours.id, statement=first.statement).pk}


def _change(_town: Town, things: Things) -> dict[str, object]:
    return {"number": things.change}


def _draft(_town: Town, things: Things) -> dict[str, object]:
    return {"draft": things.draft}


def _locating(_town: Town, things: Things) -> dict[str, object]:
    return {"request_id": things.locating}


def _deciding(_town: Town, things: Things) -> dict[str, object]:
    return {"request_id": things.deciding}


def _case(_town: Town, things: Things) -> dict[str, object]:
    return {"case": things.case}


def _grant(_town: Town, things: Things) -> dict[str, object]:
    return {"grant": things.grant}


def _reading(_town: Town, things: Things) -> dict[str, object]:
    return {"token": things.reading}


ASKERS: Final = (
    Role.DATA_CONTROLLER,
    Role.DIRECTOR,
    Role.HR,
    Role.INVESTIGATOR,
    Role.LINE_MANAGER,
    Role.MANAGING_DIRECTOR,
    Role.OFFICE_MANAGER,
)
DECIDERS: Final = (Role.DIRECTOR, Role.MANAGING_DIRECTOR)
AUTHORITIES: Final = (Role.DIRECTOR, Role.DATA_CONTROLLER)

ACCESS_TABLE: Final[dict[str, Row]] = {
    # The way in
    "account_login": Row(302, nobody=200),
    "mfa_authenticate": Row(302, nobody=OUT),
    "mfa_login_webauthn": Row(302, nobody=OUT),
    "account_reauthenticate": Row(403),
    "mfa_reauthenticate": Row(403),
    "mfa_reauthenticate_webauthn": Row(403),
    "account_inactive": Row(200, nobody=200),
    "account_logout": Row(200, nobody=OUT),
    "locked": Row(200, nobody=200),
    "still_here": Row(204, method="post"),
    "demo_link": Row(200, nobody=200, arguments=lambda _t, things: {"token": things.demo}),
    "enrol": Row(
        200, nobody=200, arguments=lambda t, things: {"organisation": t.ours.id, "token": things.enrolment}
    ),
    "enrol_key": Row(
        404,
        other=404,
        method="post",
        arguments=lambda t, things: {"organisation": t.ours.id, "token": things.enrolment, "number": 1},
    ),
    # A person's own keys
    "second_factor": Row(302),
    "profile": Row(200),
    "account_change_password": Row(302),
    "account_set_password": Row(200),
    "mfa_index": Row(302),
    "mfa_activate_totp": Row(200),
    "mfa_deactivate_totp": Row(404),
    "mfa_view_recovery_codes": Row(404),
    "mfa_generate_recovery_codes": Row(200),
    "mfa_list_webauthn": Row(302),
    "mfa_add_webauthn": Row(200),
    "mfa_edit_webauthn": Row(404, other=404, arguments=lambda _t, _things: {"pk": 1}),
    "mfa_remove_webauthn": Row(404, other=404, arguments=lambda _t, _things: {"pk": 1}),
    "usersessions_list": Row(200),
    "tokens": Row(200),
    "end_token": Row(302, other=302, method="post", arguments=lambda _t, _things: {"number": 1}),
    "signing_keys": Row(200),
    "propose_file_key": Row(200),
    "propose_passkey": Row(404, other=404, method="post", arguments=lambda _t, _things: {"number": 1}),
    "propose_removal": Row(404, other=404, method="post", arguments=lambda _t, _things: {"key": "key_none"}),
    # Pages
    "start": Row(200),
    "health": Row(200, nobody=200),
    "my_records": Row(200),
    "policies": Row(200),
    "publish_policy": Row(403, by_role=only(200, Role.DATA_CONTROLLER)),
    "policy_acceptance": Row(302),
    "policy": Row(200, other=404, arguments=lambda _t, things: {"number": things.policy}),
    "announcements": Row(200),
    "publish_announcement": Row(403, by_role=only(200, Role.DATA_CONTROLLER, Role.IT_ENGINEER)),
    "announcement": Row(404, other=404, arguments=lambda _t, _things: {"number": 9_999}),
    "announcement_sound": Row(404, other=404, arguments=lambda _t, _things: {"number": 9_999}),
    "end_announcement": Row(
        403,
        other=403,
        by_role=only(404, Role.DATA_CONTROLLER, Role.IT_ENGINEER),
        other_by_role=only(404, Role.DATA_CONTROLLER, Role.IT_ENGINEER),
        method="post",
        arguments=lambda _t, _things: {"number": 9_999},
    ),
    "what_is_recorded": Row(200),
    "contracts": Row(
        403,
        by_role=only(
            200,
            Role.AUDITOR,
            Role.DATA_CONTROLLER,
            Role.DIRECTOR,
            Role.LINE_MANAGER,
            Role.MANAGING_DIRECTOR,
            Role.OFFICE_MANAGER,
        ),
    ),
    "domains": Row(
        403,
        by_role=only(200, Role.ADMINISTRATOR, Role.AUDITOR, Role.DATA_CONTROLLER, Role.IT_ENGINEER),
    ),
    "assign_domain": Row(403, other=403, method="post", arguments=lambda _t, _things: {"number": 1}),
    "end_domain": Row(403, other=403, method="post", arguments=lambda _t, _things: {"number": 1}),
    "register_changes": Row(200),
    "register_change": Row(200, other=404, by_role=all_but(403, *AUTHORITIES), arguments=_change),
    "withdraw_change": Row(
        403, other=404, by_role=only(302, *AUTHORITIES), method="post", arguments=_unwanted_change
    ),
    "joint_act": Row(
        403, other=404, by_role=only(200, *AUTHORITIES), arguments=lambda _t, things: {"number": things.joint}
    ),
    "turn_down_joint_act": Row(
        403, other=404, by_role=only(302, *AUTHORITIES), method="post", arguments=_unwanted_act
    ),
    "statement_file": Row(403, method="post"),
    **PROVING,
    # Asking. Everything belongs to a request of HR that a director approved.
    "my_requests": Row(200),
    "new_request": Row(403, by_role=only(200, *ASKERS)),
    "draft": Row(302, other=302, by_role=only(200, Role.HR), arguments=_draft),
    "draft_question": Row(
        404,
        other=404,
        by_role=only(200, Role.HR),
        arguments=lambda _t, things: {"draft": things.draft, "name": "reason"},
    ),
    "discard_draft": Row(
        404,
        other=404,
        by_role=only(302, Role.HR),
        arguments=lambda _t, things: {"draft": things.unwanted},
        method="post",
    ),
    "send_draft": Row(404, other=404, by_role=only(200, Role.HR), arguments=_draft),
    "request": Row(
        404, other=404, by_role=only(200, Role.HR, Role.DATA_CONTROLLER, *DECIDERS), arguments=_locating
    ),
    "give_view": Row(
        404,
        other=404,
        by_role=only(403, Role.HR, Role.DATA_CONTROLLER, *DECIDERS),
        arguments=_deciding,
        method="post",
    ),
    "decision": Row(403, other=404, by_role=only(200, *DECIDERS), arguments=_deciding),
    "sign_decision": Row(403, other=403, arguments=_deciding, method="post"),
    "locate": Row(
        404,
        other=404,
        by_role=only(302, Role.HR, *DECIDERS, data_controller=200),
        arguments=_locating,
    ),
    "choose_records": Row(
        404,
        other=404,
        by_role=only(403, Role.HR, *DECIDERS, data_controller=400),
        arguments=_locating,
        method="post",
    ),
    "cases": Row(200),
    "case": Row(
        404, other=404, by_role=only(200, Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR), arguments=_case
    ),
    "close_case": Row(
        404,
        other=404,
        by_role=only(403, Role.HR, Role.DIRECTOR, data_controller=400),
        arguments=_case,
        method="post",
    ),
    "delegations": Row(200),
    "end_delegation": Row(
        404,
        other=404,
        by_role=only(403, Role.DIRECTOR, Role.HR, Role.MANAGING_DIRECTOR, Role.AUDITOR, data_controller=302),
        arguments=lambda _t, things: {"delegation": things.delegation},
        method="post",
    ),
    "my_grants": Row(200),
    "grant": Row(
        404, other=404, by_role=only(200, Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR), arguments=_grant
    ),
    "revoke_grant": Row(
        404,
        other=404,
        by_role=only(200, Role.DATA_CONTROLLER, Role.DIRECTOR, hr=403),
        arguments=_grant,
    ),
    "open_granted": Row(
        403,
        other=403,
        by_role=only(200, Role.HR),
        arguments=lambda _t, things: {"grant": things.grant, "record": things.record},
    ),
    "live_calls": Row(
        404, other=404, by_role=only(403, Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR), arguments=_grant
    ),
    "monitor_call": Row(
        403, other=403, arguments=lambda _t, things: {"grant": things.grant, "call": "call_1"}
    ),
    "monitoring": Row(404, other=404, arguments=_reading),  # a reading, but of no call in progress
    "monitoring_sound": Row(404, other=404, arguments=_reading),
    "end_monitoring": Row(404, other=404, arguments=_reading, method="post"),
    "open_record": Row(
        403,
        other=403,
        by_role=only(302, Role.HR),
        arguments=lambda _t, things: {"record": things.record},
    ),
    "reading": Row(404, other=404, by_role=only(200, Role.HR), arguments=_reading),
    "listening": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),  # opened to read
    "listening_sound": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),
    "listening_outline": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),
    "listening_notes": Row(
        404,
        other=404,
        by_role=only(403, Role.HR),
        arguments=_reading,
        method="post",
        data={"at": "1", "text": "x"},
    ),
    "listening_attendance": Row(
        404,
        other=404,
        by_role=only(403, Role.HR),
        arguments=_reading,
        method="post",
        data={"present": "Eve", "heard": "yes"},
    ),
    "give_notice_reason": Row(
        404, other=404, by_role=only(400, Role.HR), method="post", arguments=_reading
    ),  # a mail has no notice
    "redact": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),
    "excise": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),
    "ask_to_excise": Row(
        403,
        other=403,
        method="post",
        arguments=lambda _t, things: {"token": things.reading, "draft": "req_none"},
    ),
    "native_sound": Row(403, by_role=only(200, Role.DATA_CONTROLLER)),
    "ask_native_sound": Row(
        403, other=403, method="post", arguments=lambda _t, _things: {"draft": "req_none"}
    ),
    "keep_as_opus": Row(
        404,
        other=404,
        by_role=only(403, Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR),
        arguments=lambda _t, things: {"grant": things.grant},
    ),
    "stop_keeping_as_opus": Row(
        404, other=404, method="post", arguments=lambda _t, things: {"grant": things.grant}
    ),
    "excise_granted": Row(
        404,
        other=404,
        by_role=only(403, Role.HR, Role.DATA_CONTROLLER, Role.DIRECTOR),
        arguments=lambda _t, things: {"grant": things.grant, "record": things.record},
    ),
    "redacted_copy": Row(
        404,
        other=404,
        by_role=only(403, Role.HR),
        arguments=lambda _t, things: {"token": things.reading, "redaction": "cert_none"},
    ),
    "reading_html": Row(404, other=404, by_role=only(200, Role.HR), arguments=_reading),
    "reading_original": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),
    "reading_vcon": Row(404, other=404, by_role=only(403, Role.HR), arguments=_reading),
    "reading_attachment": Row(
        404,
        other=404,
        by_role=only(403, Role.HR),
        arguments=lambda _t, things: {"token": things.reading, "part": "2"},
    ),
}
"""By the page's name in `muniment.web.urls`. Roles are those of the two firms in `tests.town`."""

__all__ = ["ACCESS_TABLE", "OUT", "Row", "Things"]
