"""Where each epoch is under a key of its own in a key service, an erasure is final at the turn, in every copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core.errors import MunimentError, NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.vault import messages as ask
from muniment.vault.keeper.strongroom import EPOCH_LASTS
from muniment.vault.keyring import Keyring
from muniment.vault.messages import KeysTaken
from muniment.vault.verify import verify
from muniment.vault.wrapping.transit import ServiceWrapper
from tests.vault.firm import DAY, PASSPHRASE, Firm
from tests.vault.wrapping.key_service import TOKEN, FakeService, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[FakeService]:
    with running(tmp_path) as fake:
        yield fake


@pytest.fixture
def served(firm: Firm, service: FakeService) -> Firm:
    """A firm that went over to the service after it had begun: its first record is from before."""
    firm.seal(b"from before")
    Keyring.unlock(firm.home, PASSPHRASE).change_wrapper(ServiceWrapper(service.named(epochs=True)))
    firm.keyring = Keyring.unlock(firm.home, b"")
    firm.restart()
    turn(firm)
    return firm


def turn(firm: Firm) -> None:
    firm.do(ask.TurnEpoch(firm.organisation))


def back_up(firm: Firm) -> KeysTaken:
    taken = firm.do(ask.TakeKeys(firm.organisation, "nightly", firm.clock.time + 30 * DAY))
    assert isinstance(taken, KeysTaken)
    return taken


def key(firm: Firm, epoch: int) -> str:
    return f"muniment-{firm.organisation}-{epoch}"


def test_each_epoch_has_its_key_there_and_it_ends_after_the_next_backup(
    served: Firm, service: FakeService
) -> None:
    assert key(served, 2) in service.keys
    [record] = served.seal(b"kept")
    turn(served)
    served.keeper.tend()
    assert {key(served, 2), key(served, 3)} <= service.keys.keys()
    assert served.keeper.status().organisations[0].retired == 1
    back_up(served)
    served.keeper.tend()
    assert key(served, 2) not in service.keys
    assert served.keeper.status().organisations[0].retired == 0
    served.restart()
    opened = served.open(served.admit(served.warrant([record]), [record]), record)
    assert served.read(opened) == b"kept"
    ring = Keyring.unlock(served.home, b"")
    report = verify(
        served.home.vault(served.organisation),
        served.organisation,
        keys=lambda epoch: ring.epoch_private(served.organisation, epoch),
    )
    assert report.faults == ()


def test_without_a_backup_it_ends_within_the_day_that_the_certificate_counts_on(
    served: Firm, service: FakeService
) -> None:
    begun = served.books.turned
    served.clock.time = begun + EPOCH_LASTS - DAY
    served.keeper.tend()  # turns
    assert key(served, 2) in service.keys
    served.clock.time += DAY - 1
    served.keeper.tend()
    assert key(served, 2) in service.keys
    served.clock.time = begun + EPOCH_LASTS
    served.keeper.tend()
    assert key(served, 2) not in service.keys


def test_after_the_turn_no_earlier_copy_opens_what_was_erased(
    served: Firm, service: FakeService, tmp_path: Path
) -> None:
    records = served.seal(b"to be erased", b"to stay")
    back_up(served)
    shutil.copytree(served.home.path, tmp_path / "snapshot", ignore=shutil.ignore_patterns("run", "*.lock"))
    erasure = served.erase(served.erasure_warrant(records[0]), records[0])
    assert erasure.final == served.books.turned + EPOCH_LASTS
    assert erasure.covered
    snapshot = Home(tmp_path / "snapshot")
    earlier = Keyring.unlock(snapshot, b"")
    assert earlier.epoch_private(served.organisation, 2).private_bytes_raw()  # as the certificate warned
    turn(served)
    back_up(served)
    served.keeper.tend()
    earlier = Keyring.unlock(snapshot, b"")
    with pytest.raises(RefusedError, match="does not open what it sealed"):
        earlier.epoch_private(served.organisation, 2)


def test_what_was_sealed_or_backed_up_before_the_service_is_not_promised(
    firm: Firm, service: FakeService
) -> None:
    [record] = firm.seal(b"from before")
    back_up(firm)
    Keyring.unlock(firm.home, PASSPHRASE).change_wrapper(ServiceWrapper(service.named(epochs=True)))
    firm.keyring = Keyring.unlock(firm.home, b"")
    firm.restart()
    [between] = firm.seal(b"under the epoch that is not under the service")
    turn(firm)
    [after] = firm.seal(b"under the service")
    back_up(firm)
    for name, covered in ((record, False), (between, False), (after, True)):
        erasure = firm.erase(firm.erasure_warrant(name), name)
        assert erasure.covered is covered
        assert erasure.final >= firm.clock.time + 30 * DAY  # the backup from before opens without the service


def test_a_service_that_does_not_destroy_is_asked_again(served: Firm, service: FakeService) -> None:
    turn(served)
    back_up(served)
    for trouble in ("tokens", "sealed"):
        service.tokens, service.sealed = (set(), False) if trouble == "tokens" else ({TOKEN}, True)
        with pytest.raises(MunimentError):
            served.keeper.room(served.organisation).retire()
        served.keeper.tend()
        assert served.keeper.status().organisations[0].retired == 1
    service.sealed = False
    served.keeper.tend()
    assert served.keeper.status().organisations[0].retired == 0
    served.keeper.room(served.organisation).ring.destroy_retired()  # again does no harm


def test_a_turn_waits_for_the_service(served: Firm, service: FakeService) -> None:
    [record] = served.seal(b"kept")
    service.sealed = True
    with pytest.raises(NotAvailableError, match="sealed"):
        turn(served)
    assert served.books.epoch == 2
    opened = served.open(served.admit(served.warrant([record]), [record]), record)
    assert served.read(opened) == b"kept"
    service.sealed = False
    turn(served)
    assert served.books.epoch == 3


def test_a_crash_between_destroying_and_striking_out_is_finished(served: Firm, service: FakeService) -> None:
    turn(served)
    back_up(served)
    del service.keys[key(served, 2)]  # as if the keeper had died after the service had done it
    served.restart()
    served.keeper.tend()
    assert served.keeper.status().organisations[0].retired == 0


def test_going_back_to_a_passphrase_keeps_what_is_sealed_and_ends_the_promise_with_the_turn(
    served: Firm, service: FakeService
) -> None:
    from muniment.vault.wrapping.passphrase import PassphraseWrapper  # noqa: PLC0415
    from tests.vault.firm import CHEAP  # noqa: PLC0415

    served.keyring.change_wrapper(PassphraseWrapper(b"back", CHEAP))
    served.keyring = Keyring.unlock(served.home, b"back")
    served.restart()
    turn(served)
    assert served.books.service_from is None
    back_up(served)
    served.keeper.tend()
    assert key(served, 2) not in service.keys
    service.keys.clear()
    served.restart()
    assert served.seal(b"goes on")
