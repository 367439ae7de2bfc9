"""The addresses of asking: requests, cases, decisions, grants, readings."""

from django.urls import path

from muniment.web.views import (
    cases,
    decisions,
    delegations,
    drafts,
    excisions,
    grants,
    listening,
    locating,
    readings,
    redactions,
    requests,
)

ASKING = [
    path("requests", requests.my_requests, name="my_requests"),
    path("requests/new", drafts.new_request, name="new_request"),
    path("requests/drafts/<str:draft>", drafts.draft, name="draft"),
    path("requests/drafts/<str:draft>/discard", drafts.discard_draft, name="discard_draft"),
    path("requests/drafts/<str:draft>/send", drafts.send_draft, name="send_draft"),
    path("requests/drafts/<str:draft>/questions/<str:name>", drafts.draft_question, name="draft_question"),
    path("requests/<str:request_id>", requests.one_request, name="request"),
    path("requests/<str:request_id>/view", requests.give_view, name="give_view"),
    path("requests/<str:request_id>/decision", decisions.decision, name="decision"),
    path("requests/<str:request_id>/decision/signed", decisions.sign_decision, name="sign_decision"),
    path("requests/<str:request_id>/records", locating.locate, name="locate"),
    path("requests/<str:request_id>/records/chosen", locating.choose, name="choose_records"),
    path("cases", cases.case_list, name="cases"),
    path("cases/<str:case>", cases.one_case, name="case"),
    path("cases/<str:case>/close", cases.close_case, name="close_case"),
    path("delegations", delegations.delegation_list, name="delegations"),
    path("delegations/<str:delegation>/end", delegations.end_delegation, name="end_delegation"),
    path("grants", grants.my_grants, name="my_grants"),
    path("grants/<str:grant>", grants.one_grant, name="grant"),
    path("grants/<str:grant>/revoke", grants.revoke_grant, name="revoke_grant"),
    path("grants/<str:grant>/records/<str:record>", grants.open_granted, name="open_granted"),
    path("grants/<str:grant>/records/<str:record>/excise", excisions.excise_granted, name="excise_granted"),
    path("records/<str:record>/open", grants.open_record, name="open_record"),
    path("readings/<str:token>", readings.reading, name="reading"),
    path("readings/<str:token>/listen", listening.listening, name="listening"),
    path("readings/<str:token>/sound", listening.sound, name="listening_sound"),
    path("readings/<str:token>/outline", listening.outline, name="listening_outline"),
    path("readings/<str:token>/notes", listening.notes, name="listening_notes"),
    path("readings/<str:token>/attendance", listening.attendance, name="listening_attendance"),
    path("readings/<str:token>/redact", redactions.redact, name="redact"),
    path("readings/<str:token>/redactions/<str:redaction>", redactions.redacted_copy, name="redacted_copy"),
    path("readings/<str:token>/excise", excisions.excise, name="excise"),
    path("readings/<str:token>/excise/<str:draft>", excisions.ask_to_excise, name="ask_to_excise"),
    path("readings/<str:token>/html", readings.reading_html, name="reading_html"),
    path("readings/<str:token>/original", readings.reading_original, name="reading_original"),
    path("readings/<str:token>/vcon", readings.reading_vcon, name="reading_vcon"),
    path(
        "readings/<str:token>/attachments/<str:part>", readings.reading_attachment, name="reading_attachment"
    ),
]
