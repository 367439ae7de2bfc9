"""Every address. Each has its row in `tests/web/access_table.py`, or a test fails."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as code_app
from allauth.mfa.webauthn import views as passkey
from allauth.usersessions import views as sessions
from django.urls import include, path
from django.views.generic import RedirectView

from muniment.web.urls_asking import ASKING
from muniment.web.urls_proving import MACHINE, PROVING
from muniment.web.views import (
    announcements,
    awareness,
    contracts,
    domains,
    entrance,
    health,
    joint,
    policies,
    profile,
    records,
    register,
    session,
    signing,
    start,
)

handler400 = "muniment.web.views.faults.bad_request"
handler403 = "muniment.web.views.faults.not_allowed"
handler404 = "muniment.web.views.faults.not_found"
handler500 = "muniment.web.views.faults.broken"

ENTRANCE = [
    path("sign-in", account.login, name="account_login"),
    path("sign-in/code", factor.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey", passkey.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code", factor.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/passkey", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/inactive", account.account_inactive, name="account_inactive"),
    path("sign-out", account.logout, name="account_logout"),
    path("locked", session.locked, name="locked"),
    path("still-here", session.still_here, name="still_here"),
    path("demo/<str:token>", entrance.demo_link, name="demo_link"),
    path("enrol/<str:organisation>/<str:token>", entrance.enrol, name="enrol"),
    path("enrol/<str:organisation>/<str:token>/key/<int:number>", entrance.enrol_key, name="enrol_key"),
]

OWN_KEYS = [
    path("second-factor", session.second_factor, name="second_factor"),
    path("profile", profile.profile, name="profile"),
    path("profile/password", account.password_change, name="account_change_password"),
    path("profile/password/new", account.password_set, name="account_set_password"),
    path("profile/factors", RedirectView.as_view(pattern_name="profile"), name="mfa_index"),
    path("profile/code-app", code_app.activate_totp, name="mfa_activate_totp"),
    path("profile/code-app/remove", code_app.deactivate_totp, name="mfa_deactivate_totp"),
    path("profile/recovery-codes", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("profile/recovery-codes/new", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("profile/passkeys", RedirectView.as_view(pattern_name="profile"), name="mfa_list_webauthn"),
    path("profile/passkeys/add", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("profile/passkeys/<int:pk>/name", passkey.edit_webauthn, name="mfa_edit_webauthn"),
    path("profile/passkeys/<int:pk>/remove", passkey.remove_webauthn, name="mfa_remove_webauthn"),
    path("profile/sessions", sessions.list_usersessions, name="usersessions_list"),
    path("profile/tokens", profile.tokens, name="tokens"),
    path("profile/tokens/<int:number>/end", profile.end_token, name="end_token"),
    path("profile/signing-keys", profile.keys, name="signing_keys"),
    path("profile/signing-keys/file", profile.propose_file_key, name="propose_file_key"),
    path("profile/signing-keys/passkey/<int:number>", profile.propose_passkey, name="propose_passkey"),
    path("profile/signing-keys/<str:key>/remove", profile.propose_removal, name="propose_removal"),
]

PAGES = [
    path("", start.start, name="start"),
    path("health", health.health, name="health"),
    path("announcements", announcements.announcement_list, name="announcements"),
    path("announcements/new", announcements.publish_announcement, name="publish_announcement"),
    path("announcements/<int:number>", announcements.announcement, name="announcement"),
    path("announcements/<int:number>/sound", announcements.announcement_sound, name="announcement_sound"),
    path("announcements/<int:number>/end", announcements.end_announcement, name="end_announcement"),
    path("contracts", contracts.contracts, name="contracts"),
    path("domains", domains.domains, name="domains"),
    path("domains/<int:number>/assign", domains.assign_domain, name="assign_domain"),
    path("domains/<int:number>/end", domains.end_domain, name="end_domain"),
    path("my-records", records.my_records, name="my_records"),
    path("policies", policies.policies, name="policies"),
    path("policies/new", policies.publish_policy, name="publish_policy"),
    path("policies/acceptance", policies.policy_acceptance, name="policy_acceptance"),
    path("policies/<int:number>", policies.policy, name="policy"),
    path("register-changes", register.register_changes, name="register_changes"),
    path("register-changes/<int:number>", register.register_change, name="register_change"),
    path("register-changes/<int:number>/withdraw", register.withdraw_change, name="withdraw_change"),
    path("signed-by-two/<int:number>", joint.joint_act, name="joint_act"),
    path("signed-by-two/<int:number>/turn-down", joint.turn_down_joint_act, name="turn_down_joint_act"),
    path("what-is-recorded", awareness.what_is_recorded, name="what_is_recorded"),
    path("signing/text", signing.statement_file, name="statement_file"),
]

API = [path("api/v1/", include("muniment.api.urls"))]  # by name: the two rooms do not know one another

TOUR = [path("", include("muniment.demo.pages.urls"))]  # by name too: a demo stands above the pages

urlpatterns = [*API, *ENTRANCE, *OWN_KEYS, *PAGES, *ASKING, *PROVING, *MACHINE, *TOUR]
