"""Every page × every role: what is answered. A page that is not in this table fails a test.

Codes: an answer's status, or where a redirect leads. `OUT` = sent to sign in. Where all roles get the
same answer one value stands for them; otherwise `by_role` names those who differ. `other` is what anybody
of another organisation gets for our ids; `nobody` what a browser without a session gets. Pages without an
id have no `other`.
"""

from typing import Final

from muniment.people.roles import Role
from tests.town import Town
from tests.web.access_proving import PROVING
from tests.web.access_rows import OUT, Row, Things, all_but

def _change(_town: Town, things: Things) -> dict[str, object]:
    return {"number": things.change}


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
    **PROVING,
    "start": Row(200),
    "health": Row(200, nobody=200),
    "my_records": Row(200),
    "policies": Row(200),
    "policy_acceptance": Row(302),
    "policy": Row(200, other=404, arguments=lambda _t, things: {"number": things.policy}),
    "register_changes": Row(200),
    "register_change": Row(200, other=404, by_role=all_but(403, *AUTHORITIES), arguments=_change),
    "withdraw_change": Row(403, other=404, method="post", arguments=_change),
    "statement_file": Row(403, method="post"),
}
"""By the page's name in `muniment.web.urls`. Roles are those of the two firms in `tests.town`."""

__all__ = ["ACCESS_TABLE", "OUT", "Row", "Things"]
