"""The API put together: routes, token, problems, Idempotency-Key, description."""

from ninja import NinjaAPI

from muniment.api import problems
from muniment.api.idempotency import once
from muniment.api.routes import (
    calls,
    cases,
    delegations,
    drafts,
    excisions,
    grants,
    holds,
    ledger,
    me,
    monitoring,
    native_sound,
    readings,
    recordings,
    requests,
)
from muniment.api.tokens import PersonalToken

DESCRIPTION = """Ask, find, decide, open, listen, prove and erase, as a program.

Send a personal token as `Authorization: Bearer mun_…`. A token alone approves, opens, hears, copies and erases
nothing: these take a signed statement. Ask for the text at the address that ends in `-statement` (or
`/statement`), sign the SHA-256 of its bytes with your registered key (`muniment sign`), and send it back.

Errors are problem details (RFC 9457). Lists come in pages with a cursor. A POST with an
`Idempotency-Key` may be sent again."""


def build() -> NinjaAPI:
    """A fresh API with every route."""
    api = NinjaAPI(
        title="Muniment",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api",
        auth=PersonalToken(),
        docs_url=None,
        openapi_url="/openapi.json",
    )
    problems.install(api)
    api.add_decorator(once, mode="view")
    api.add_router("", me.router)
    api.add_router("/drafts", drafts.router)
    api.add_router("/requests", requests.router)
    api.add_router("/calls", calls.router)
    api.add_router("/calls", recordings.router)
    api.add_router("/cases", cases.router)
    api.add_router("/delegations", delegations.router)
    api.add_router("/grants", grants.router)
    api.add_router("", readings.router)
    api.add_router("", monitoring.router)
    api.add_router("", excisions.router)
    api.add_router("", native_sound.router)
    api.add_router("/holds", holds.router)
    api.add_router("", ledger.router)
    return api
