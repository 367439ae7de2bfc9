"""The keeper gives a backup keys and ledger of one moment, and remembers until when they last."""

import pytest

from muniment.core.errors import WrongUseError
from muniment.vault import messages as ask
from muniment.vault.messages import KeysTaken
from muniment.vault.slots import SLOT_BYTES
from tests.vault.firm import DAY, Firm


def test_keys_and_extent_are_of_one_moment(firm: Firm) -> None:
    firm.seal(b"one", b"two")
    taken = firm.do(ask.TakeKeys(firm.organisation, "b1", firm.clock.time + DAY))
    assert isinstance(taken, KeysTaken)
    room = firm.keeper.room(firm.organisation)
    assert taken.size == room.store.size == len(taken.slots) // SLOT_BYTES
    assert room.store.verifier.open(taken.checkpoint).size == taken.size
    assert taken.packs == tuple(
        path.stat().st_size for path in sorted((firm.home.vault(firm.organisation) / "packs").iterdir())
    )


def test_a_certificate_waits_for_the_keys_that_were_backed_up(firm: Firm) -> None:
    (record,) = firm.seal(b"one")
    firm.clock.time += 5 * DAY
    firm.do(ask.TakeKeys(firm.organisation, "b1", firm.clock.time + 30 * DAY))
    firm.do(ask.TakeKeys(firm.organisation, "b2", firm.clock.time + DAY))
    expected = firm.clock.time + 30 * DAY
    firm.restart()
    assert firm.erase(firm.erasure_warrant(record), record).final == expected


def test_an_erasure_names_where_keys_are_that_have_not_expired(firm: Firm) -> None:
    (record,) = firm.seal(b"one")
    for number, (place, days) in enumerate((("/b", 1), ("s3://a/", 3), ("/b", 2), ("/over", 1), ("", 9))):
        firm.do(ask.TakeKeys(firm.organisation, f"b{number}", firm.clock.time + days * DAY, place))
    firm.clock.time += DAY
    firm.restart()
    assert firm.erase(firm.erasure_warrant(record), record).backups == ("/b", "s3://a/")


@pytest.mark.parametrize("days", [0, -1, 31])
def test_keys_that_would_never_expire_are_not_given(firm: Firm, days: int) -> None:
    size = firm.keeper.room(firm.organisation).store.size
    with pytest.raises(WrongUseError, match="30 days"):
        firm.do(ask.TakeKeys(firm.organisation, "b1", firm.clock.time + days * DAY))
    assert firm.keeper.room(firm.organisation).store.size == size
