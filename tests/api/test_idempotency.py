"""A POST that is sent again is carried out once."""

from muniment.api.models import KeptAnswer
from muniment.governance.models import Draft
from muniment.release import opening
from tests.api.conftest import Call
from tests.governance.house import House

BODY = {"category": "business"}


def test_the_same_post_again_gets_the_first_answer(call: Call) -> None:
    first = call("hana", "POST", "/drafts", BODY, idempotency_key="k1")
    again = call("hana", "POST", "/drafts", BODY, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert Draft.objects.count() == 1


def test_without_a_key_or_with_another_or_from_another_person_it_is_another_request(call: Call) -> None:
    call("hana", "POST", "/drafts", BODY)
    call("hana", "POST", "/drafts", BODY)
    call("hana", "POST", "/drafts", BODY, idempotency_key="k1")
    call("ines", "POST", "/drafts", BODY, idempotency_key="k1")
    assert Draft.objects.count() == 4


def test_a_key_is_for_one_body(call: Call) -> None:
    call("hana", "POST", "/drafts", BODY, idempotency_key="k1")
    other = call("hana", "POST", "/drafts", {"category": "disciplinary"}, idempotency_key="k1")
    assert other.status_code == 422
    assert Draft.objects.count() == 1


def test_what_failed_may_be_tried_again(call: Call) -> None:
    assert call("hana", "POST", "/drafts", {"category": "gossip"}, idempotency_key="k1").status_code == 422
    assert call("hana", "POST", "/drafts", BODY, idempotency_key="k1").status_code == 201


def test_while_the_first_is_under_way_the_second_waits(call: Call) -> None:
    call("hana", "POST", "/drafts", BODY, idempotency_key="k1")
    KeptAnswer.objects.update(status=None)
    assert call("hana", "POST", "/drafts", BODY, idempotency_key="k1").status_code == 409


def test_a_key_has_a_longest_length(call: Call) -> None:
    assert call("hana", "POST", "/drafts", BODY, idempotency_key="k" * 201).status_code == 422


def test_an_answer_that_leads_to_content_is_never_kept(house: House, call: Call) -> None:
    [record] = house.records(1)
    grant = house.granted([record]).grant
    shown = opening.prepare(house.person("hana"), grant, [record], "view")
    body = {"record": record, "assertion": wire(house, "hana", shown)}
    assert call("hana", "POST", f"/grants/{grant}/openings", body, idempotency_key="k1").status_code == 201
    assert call("hana", "POST", f"/grants/{grant}/openings", body, idempotency_key="k1").status_code == 403
    assert not KeptAnswer.objects.exists()


def wire(house: House, name: str, shown: object) -> object:
    import json  # noqa: PLC0415

    from muniment.vault.authority.signing import to_json  # noqa: PLC0415

    return json.loads(to_json(house.sign(name, shown)))  # type: ignore[arg-type]  # a text to sign
