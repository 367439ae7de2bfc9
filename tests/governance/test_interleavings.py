"""Requests, grants, holds and erasures in any order: what must never happen does not.

1. No interleaving destroys a record on which a hold stands.
2. No grant comes of a request that its holder approved alone, or by too few persons.
3. What is erased opens for nobody, whoever holds a grant.
4. At the end every row agrees with the ledger.
"""

from contextlib import suppress
from functools import partial
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    multiple,
    rule,
    run_state_machine_as_test,
)

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import granting, holds
from muniment.governance.models import Grant
from muniment.governance.views import RequestView
from muniment.release.comparing import compare
from muniment.release.models import Certificate
from muniment.vault.authority import statements as texts
from tests.governance.house import House
from tests.release.conduct import erased, opened

PEOPLE = st.sampled_from(["hana", "ines", "dora", "dan", "mona", "olga", "cora"])


perhaps = partial(suppress, RefusedError, WrongUseError)
"""The act may be refused; nothing else may go wrong."""


def machine(estate_house: House) -> type[RuleBasedStateMachine]:  # noqa: C901  # one method for each act
    class Interleavings(RuleBasedStateMachine):
        records = Bundle("records")
        requests = Bundle("requests")
        placed = Bundle("placed")

        def __init__(self) -> None:
            super().__init__()
            self.house = estate_house.estate.house()
            self.standing: dict[str, set[str]] = {}  # hold → its records, while it stands
            self.signed: dict[str, set[str]] = {}
            self.gone: set[str] = set()

        @rule(target=records)
        def seal(self) -> Any:
            return multiple(*self.house.records(1))

        @rule(target=requests, by=PEOPLE, record=records, about=st.sampled_from([[], ["dora"], ["eve"]]))
        def ask_to_read(self, by: str, record: str, about: list[str]) -> Any:
            with perhaps():
                return self.house.located(self.house.submitted(by, about=about), [record])
            return multiple()

        @rule(target=requests, record=records)
        def ask_to_erase(self, record: str) -> Any:
            with perhaps():
                return self.house.located(self.house.submitted("cora", "erasure", purpose="L2"), [record])
            return multiple()

        @rule(target=requests, record=records)
        def decide_to_erase(self, record: str) -> Any:
            with perhaps():
                return self.house.erasure_granted([record])
            return multiple()

        @rule(by=PEOPLE, request=requests)
        def approve(self, by: str, request: RequestView) -> None:
            with perhaps():
                self.house.approve(by, request)

        @rule(by=PEOPLE, request=requests, beside=PEOPLE)
        def approve_beside(self, by: str, request: RequestView, beside: str) -> None:
            with perhaps():
                self.house.approve(by, request, beside=[self.house.id(beside)])

        @rule(by=PEOPLE, request=consumes(requests))
        def refuse(self, by: str, request: RequestView) -> None:
            with perhaps():
                self.house.refuse(by, request)

        @rule(by=PEOPLE, request=requests)
        def revoke(self, by: str, request: RequestView) -> None:
            grant = Grant.objects.filter(request_id=request.id).first()
            with perhaps():
                shown = granting.prepare_revocation(self.house.person(by), grant.pk if grant else "", "Over.")
                granting.revoke(
                    self.house.desk,
                    self.house.person(by),
                    str(grant and grant.pk),
                    self.house.sign(by, shown),
                )

        @rule(target=placed, by=st.sampled_from(["ines", "cora", "dora"]), record=records)
        def hold(self, by: str, record: str) -> Any:
            with perhaps():
                made = holds.place(self.house.desk, self.house.person(by), [record], "A claim.").id
                self.standing[made] = {record}
                return made
            return multiple()

        @rule(by=PEOPLE, hold=placed)
        def release(self, by: str, hold: str) -> None:
            with perhaps():
                shown = holds.prepare_release(self.house.desk, self.house.person(by), hold, "Settled.")
                view = holds.release(self.house.desk, self.house.person(by), hold, self.house.sign(by, shown))
                self.signed.setdefault(hold, set()).add(by)
                if view.released is not None:
                    assert len(self.signed[hold]) == 2
                    del self.standing[hold]

        @rule(by=PEOPLE | st.just("cora"), request=requests)
        def use(self, by: str, request: RequestView) -> None:
            grant = Grant.objects.filter(request_id=request.id).first()
            if grant is None:
                return
            [record] = request.records
            held = any(record in kept for kept in self.standing.values())
            with perhaps():
                if grant.actions == ["erase"]:
                    erased(self.house, grant.pk, record, by)
                    assert not held, "a held record was destroyed"  # 1
                    self.gone.add(record)
                else:
                    opened(self.house, by, grant.pk, record)
                    assert record not in self.gone, "an erased record was opened"  # 3
                assert self.house.id(by) == grant.holder_id

        def teardown(self) -> None:
            for grant in Grant.objects.filter(organisation_id=self.house.organisation):  # 2
                warrant = texts.read(texts.Warrant, bytes(grant.warrant))
                own = warrant.holder in warrant.approvers
                assert not own or warrant.category == "subject_right"
                assert len(warrant.approvers) >= (2 if "erase" in grant.actions else 1)
                assert not set(warrant.approvers) & set(grant.request.about)
            certified = Certificate.objects.filter(organisation_id=self.house.organisation)
            assert {row.record for row in certified} == self.gone
            assert compare(self.house.desk, self.house.organisation) == ()  # 4

    return Interleavings


def test_no_order_of_acts_destroys_what_is_held_or_lets_anybody_approve_themselves(house: House) -> None:
    run_state_machine_as_test(
        machine(house),
        settings=settings(
            max_examples=10,
            stateful_step_count=14,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_can_hold_release_and_erase(house: House) -> None:
    """Guards the machine itself: it would be worthless if nothing in it could ever succeed."""
    acts: Any = machine(house)()
    [record] = acts.house.records(1)
    request = acts.decide_to_erase(record)
    hold = acts.hold("ines", record)
    acts.use("cora", request)
    assert not acts.gone, "held"
    acts.release("cora", hold)
    acts.use("cora", request)
    assert not acts.gone, "held until the second person signs"
    acts.release("dora", hold)
    acts.use("cora", request)
    assert acts.gone == {record}
    acts.teardown()
