"""From a decision on, and until it is carried out, stretches are silent."""

import pytest

from muniment.core.errors import RefusedError
from muniment.governance import granting
from muniment.release.sound.messages import Covered
from muniment.release.withheld import require_nothing_withheld, withheld
from tests.governance.house import House
from tests.release.excisions import SPANS, a_call_with_card_data, asked, decided, heard_by_controller


def test_a_wish_alone_silences_nothing(house: House) -> None:
    record = a_call_with_card_data(house)
    asked(house, heard_by_controller(house, record), record)
    assert withheld(house.organisation, record) == ()
    require_nothing_withheld(house.organisation, record)


def test_a_decision_does_until_it_is_taken_back(house: House) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record, (*SPANS, Covered(3000, 3500, 1)))
    assert withheld(house.organisation, record) == (
        Covered(1000, 2000, None, beep=False),
        Covered(3000, 3500, 1, beep=False),
    )
    with pytest.raises(RefusedError, match="No copy"):
        require_nothing_withheld(house.organisation, record)
    dora = house.person("dora")
    text = granting.prepare_revocation(dora, grant, "It was a mistake.")
    granting.revoke(house.desk, dora, grant, house.sign("dora", text))
    assert withheld(house.organisation, record) == ()
