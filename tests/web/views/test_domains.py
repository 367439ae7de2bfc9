"""The page of mail domains, as administrator and Data Controller use it."""

from collections.abc import Callable

from django.test import Client

from muniment.people import services
from muniment.people.roles import Role
from tests.town import Town


def test_one_proposes_and_the_other_assigns(town: Town, signed_in: Callable[..., Client]) -> None:
    administrator, controller = signed_in(Role.ADMINISTRATOR), signed_in(Role.DATA_CONTROLLER)
    answer = administrator.post("/domains", {"name": "page.example", "kind": "managed"}, follow=True)
    assert b"page.example waits for the Data Controller" in answer.content
    assert b"Assign page.example" not in answer.content
    assert b"Assign page.example" in controller.get("/domains").content
    (proposed,) = services.domains(town.ours.id)
    answer = controller.post(f"/domains/{proposed.id}/assign", follow=True)
    assert b"assigned by Data Controller Person" in answer.content
    answer = administrator.post(f"/domains/{proposed.id}/end", follow=True)
    assert b"No domain is listed" in answer.content


def test_what_is_no_domain_is_said_beside_the_field(town: Town, signed_in: Callable[..., Client]) -> None:
    answer = signed_in(Role.ADMINISTRATOR).post("/domains", {"name": "no domain", "kind": "own"})
    assert answer.status_code == 200
    assert b"Error: Mail domains" in answer.content
    assert b"is not the name of a domain" in answer.content
