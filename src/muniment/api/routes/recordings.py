"""Recordings that a switch or a carrier hands over. With a token for a source, which does nothing else."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.recordings import FACTS, FILE, FORM, hand_over
from muniment.api.tokens import SourceToken, caller

router = Router(tags=["calls"], auth=SourceToken())
_BODY = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": [FILE, FACTS],
                "properties": {
                    FILE: {
                        "type": "string",
                        "format": "binary",
                        "description": "The sound file as the switch made it, under a name that ends as such files do.",
                    },
                    FACTS: {
                        "type": "string",
                        "description": "JSON: started (needed), answered, ended or seconds, caller, called, extension,"
                        " direction, queue, call, group; or the names of the source's mapping.",
                    },
                },
            }
        }
    },
}


class TakenRecording(Schema):
    """The recording is on stable storage. `held_before`: it was there already, and nothing was kept twice."""

    sha256: str
    bytes: int
    held_before: bool


@router.post(
    "/recordings",
    response={200: TakenRecording, 201: TakenRecording},
    openapi_extra={"requestBody": _BODY},
)
def take_recording(request: HttpRequest, source: str = "") -> Any:
    """Hand a recording over. 201: it is on stable storage now; 200: it was already. Sent again, it is taken once.

    `source` names the source as the settings do; it may be left out where there is only one.
    """
    taken = hand_over(request, doors.spool(), caller(request).organisation, source)
    body = TakenRecording(sha256=taken.sha256, bytes=taken.bytes, held_before=taken.held_before)
    return Status(200 if taken.held_before else 201, body)
