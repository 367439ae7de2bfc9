"""Every route of the API × every role × another organisation × nobody: what it must answer.

The columns are, in order: nobody, a made-up token, somebody who has not accepted the policies, then
hana (HR, who made the request and holds the grant), ines (investigator, who placed the hold), dora
(director, who approved), cora (Data Controller, who located), eve (employee, whom it is about), max (her
line manager), ira (IT), ada (administrator), aud (auditor), and the other organisation's HR, director
and Data Controller.

Bodies are well formed but carry a signature that nobody made: where a route takes one, whoever may
come that far gets 403. 422 is an act that makes no sense as it is asked, 503 the librarian or the recorder, who sleep. Max holds a grant
to listen to calls in progress and hears one; of stretches to be taken out and of Opus the grants are the Data Controller's.
"""

COLUMNS = (
    "nobody", "made-up", "newcomer", "hana", "ines", "dora", "cora", "eve", "max", "ira", "ada", "aud",
    "other-hana", "other-dora", "other-cora",
)  # fmt: skip

TABLE: dict[str, str] = {
    "DELETE /drafts/{draft}": "401 401 403 204 404 404 404 404 404 404 404 404 404 404 404",
    "DELETE /holds/{hold}/release": "401 401 403 404 403 403 403 404 404 404 404 403 404 404 404",
    "GET /cases": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /cases/{case}": "401 401 403 200 404 200 200 404 404 404 404 404 404 404 404",
    "GET /certificates/{certificate}": "401 401 403 404 404 200 200 404 404 404 404 404 404 404 404",
    "GET /delegations": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /denials": "401 401 403 403 403 200 200 403 403 403 403 200 403 200 200",
    "GET /denials/mine": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /drafts": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /drafts/{draft}": "401 401 403 200 404 404 404 404 404 404 404 404 404 404 404",
    "GET /grants": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /grants/{grant}": "401 401 403 200 404 200 200 404 404 404 404 404 404 404 404",
    "GET /grants/{grant}/excisions/{record}": "401 401 403 404 404 200 200 404 404 404 404 404 404 404 404",
    "GET /grants/{grant}/live-calls": "401 401 403 404 404 403 403 404 503 404 404 404 404 404 404",
    "GET /grants/{grant}/opus": "401 401 403 404 404 404 404 404 404 404 404 404 404 404 404",
    "GET /holds": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /holds/{hold}": "401 401 403 404 200 200 200 404 404 404 404 200 404 404 404",
    "GET /ledger": "401 401 403 403 403 200 200 403 403 403 403 200 403 200 200",
    "GET /me": "401 401 200 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /monitorings/{token}": "401 401 403 404 404 404 404 404 200 404 404 404 404 404 404",
    "GET /monitorings/{token}/sound": "401 401 403 404 404 404 404 404 503 404 404 404 404 404 404",
    "GET /native-sound": "401 401 403 403 403 403 200 403 403 403 403 403 403 403 200",
    "GET /openapi.json": "200 200 200 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /policies": "401 401 200 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /purposes": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /readings/{token}": "401 401 403 200 404 404 404 404 404 404 404 404 404 404 404",
    "GET /readings/{token}/attachments/{part}": "401 401 403 403 404 404 404 404 404 404 404 404 404 404 404",
    "GET /readings/{token}/evidence": "401 401 403 403 404 404 404 404 404 404 404 404 404 404 404",
    "GET /readings/{token}/html": "401 401 403 200 404 404 404 404 404 404 404 404 404 404 404",
    "GET /readings/{token}/original": "401 401 403 403 404 404 404 404 404 404 404 404 404 404 404",
    "GET /readings/{token}/vcon": "401 401 403 403 404 404 404 404 404 404 404 404 404 404 404",
    "GET /request-classes": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /requests": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "GET /requests/{req}": "401 401 403 200 404 200 200 404 404 404 404 404 404 404 404",
    "GET /waiting": "401 401 403 200 200 200 200 200 200 200 200 200 200 200 200",
    "PATCH /drafts/{draft}": "401 401 403 200 404 404 404 404 404 404 404 404 404 404 404",
    "POST /calls/recordings": "401 401 403 403 403 403 403 403 403 403 403 403 403 403 403",
    "POST /calls/{call}/page": "401 401 403 403 403 403 403 403 403 403 403 403 403 403 403",
    "POST /calls/{call}/pause": "401 401 403 403 403 403 403 403 403 403 403 403 403 403 403",
    "POST /calls/{call}/resume": "401 401 403 403 403 403 403 403 403 403 403 403 403 403 403",
    "POST /cases/{case}/closure": "401 401 403 403 404 403 403 404 404 404 404 404 404 404 404",
    "POST /delegations": "401 401 403 403 403 403 201 403 403 403 403 403 403 403 403",
    "POST /delegations/{delegation}/end": "401 401 403 404 404 403 200 404 404 404 404 403 404 404 404",
    "POST /drafts": "401 401 403 201 201 201 403 403 201 403 403 403 201 201 403",
    "POST /drafts/{draft}/statement": "401 401 403 422 404 404 404 404 404 404 404 404 404 404 404",
    "POST /drafts/{draft}/submission": "401 401 403 422 404 404 404 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/erasures": "401 401 403 403 404 403 403 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/excision-statement": "401 401 403 404 404 403 200 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/excisions": "401 401 403 404 404 403 403 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/monitoring-statement": "401 401 403 404 404 403 403 404 503 404 404 404 404 404 404",
    "POST /grants/{grant}/monitorings": "401 401 403 404 404 403 403 404 503 404 404 404 404 404 404",
    "POST /grants/{grant}/opening-statement": "401 401 403 200 404 403 403 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/openings": "401 401 403 403 404 403 403 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/opus": "401 401 403 404 404 404 404 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/opus-statement": "401 401 403 404 404 404 404 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/opus/stop": "401 401 403 404 404 404 404 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/revocation": "401 401 403 403 404 403 403 404 404 404 404 404 404 404 404",
    "POST /grants/{grant}/revocation-statement": "401 401 403 403 404 200 200 404 404 404 404 404 404 404 404",
    "POST /holds": "401 401 403 403 201 403 201 403 403 403 403 403 403 403 403",
    "POST /holds/{hold}/release": "401 401 403 404 403 403 403 404 404 404 404 403 404 404 404",
    "POST /holds/{hold}/release-statement": "401 401 403 404 403 200 200 404 404 404 404 403 404 404 404",
    "POST /monitorings/{token}/end": "401 401 403 404 404 404 404 404 204 404 404 404 404 404 404",
    "POST /native-sound/requests": "401 401 403 404 404 404 404 404 404 404 404 404 404 404 404",
    "POST /native-sound/statement": "401 401 403 403 403 403 422 403 403 403 403 403 403 403 422",
    "POST /policies/{number}/acceptance": "401 401 403 403 403 403 403 403 403 403 403 403 422 422 422",
    "POST /readings/{token}/excision-statement": "401 401 403 404 404 404 200 404 404 404 404 404 404 404 404",
    "POST /readings/{token}/excisions": "401 401 403 404 404 404 404 404 404 404 404 404 404 404 404",
    "POST /requests/{req}/approval-statement": "401 401 403 403 403 200 403 403 403 403 403 403 404 404 404",
    "POST /requests/{req}/consultations": "401 401 403 403 404 403 403 404 404 404 404 404 404 404 404",
    "POST /requests/{req}/decisions": "401 401 403 403 403 403 403 403 403 403 403 403 404 404 404",
    "POST /requests/{req}/locate-statement": "401 401 403 403 404 403 200 404 404 404 404 404 404 404 404",
    "POST /requests/{req}/records": "401 401 403 403 404 403 403 404 404 404 404 404 404 404 404",
    "POST /requests/{req}/refusal-statement": "401 401 403 403 403 200 403 403 403 403 403 403 404 404 404",
    "POST /requests/{req}/searches": "401 401 403 403 404 403 503 404 404 404 404 404 404 404 404",
}
