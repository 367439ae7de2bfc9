"""The master key goes under another source, organisations get a key of their own; a crash leaves one or the other."""

import json
from pathlib import Path

import msgspec
import pytest

from muniment.core.errors import FaultFoundError, LockedError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.processes import key_sources, passphrases
from muniment.vault import keyring_file, setup
from muniment.vault.client import connect
from muniment.vault.keyring import Keyring
from muniment.vault.setup import Founding
from muniment.vault.wrapping import wrapper
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.transit import ServiceWrapper
from tests.vault.firm import CHEAP
from tests.vault.wrapping.conftest import service
from tests.vault.wrapping.key_service import TOKEN, FakeService

__all__ = ["service"]

OLD, NEW, OWN = b"correct horse", b"battery staple", b"their own words"
CUSTODIANS = ("Ann", "Bob", "Cem")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def founding(home: Home) -> Founding:
    made, _ = setup.create_installation(home, name="Firm", passphrase=OLD, cost=CHEAP)
    return made


def acts(home: Home, organisation: str, passphrase: bytes = OLD) -> list[tuple[str, object]]:
    with connect(home, passphrase) as doors:
        read = doors.desk.acts(organisation, -1, 100)
        return [(json.loads(act.clear)["tag"], json.loads(act.body)) for act in read]


def protect(home: Home, founding: Founding, old: bytes = b"", new: bytes = OWN) -> list[str]:
    own = PassphraseWrapper(new, CHEAP)
    shares, note = key_sources.protect(home, OLD, founding.organisation, old, own, CUSTODIANS)
    assert note == ""
    return [share.text for share in shares]


def test_a_key_service_takes_the_passphrases_place_and_gives_it_back(
    home: Home, founding: Founding, service: FakeService
) -> None:
    keys = Keyring.unlock(home, OLD).keeper_keys()
    stored = home.keyring.open("rb")
    assert key_sources.set_source(home, OLD, ServiceWrapper(service.named())) == ""
    assert set(stored.read()) == {0}  # the old wrapping's bytes, by the name they had
    stored.close()
    assert Keyring.unlock(home, b"").keeper_keys() == keys
    assert Keyring.unlock(home, OLD).keeper_keys() == keys  # whatever is named, the service decides
    tag, body = acts(home, founding.organisation)[-1]
    assert tag == EventTag.KEY_SOURCE_CHANGED
    assert "key service" in str(body)
    service.tokens = set()
    for passphrase in (b"", OLD):
        with pytest.raises(RefusedError, match="says no"):
            Keyring.unlock(home, passphrase)
    service.tokens = {TOKEN}
    with pytest.raises(WrongUseError, match="key wrapper set"):
        passphrases.change(home, OLD, NEW)
    assert key_sources.set_source(home, b"", PassphraseWrapper(NEW, CHEAP)) == ""
    service.tokens = set()
    assert Keyring.unlock(home, NEW).keeper_keys() == keys
    with pytest.raises(RefusedError):
        Keyring.unlock(home, OLD)


@pytest.mark.parametrize("trouble", ["sealed", "token", "down", "wrong passphrase", "liar"])
def test_a_change_that_cannot_be_made_changes_nothing(
    home: Home, founding: Founding, service: FakeService, trouble: str
) -> None:
    before, passphrase = home.keyring.read_bytes(), OLD
    named = service.named()
    match trouble:
        case "sealed":
            service.sealed = True
        case "token":
            service.tokens = set()
        case "down":
            named = service.named(url="http://localhost:9")
        case "wrong passphrase":
            passphrase = NEW
        case _:
            service.reply = b'{"data": {"ciphertext": "vault:v1:AAAA"}}'
    with pytest.raises((NotAvailableError, RefusedError, FaultFoundError)):
        key_sources.set_source(home, passphrase, ServiceWrapper(named))
    assert home.keyring.read_bytes() == before
    assert Keyring.unlock(home, OLD).organisations == (founding.organisation,)


def test_shares_recover_an_installation_whose_key_service_is_lost(
    home: Home, founding: Founding, service: FakeService
) -> None:
    key_sources.set_source(home, OLD, ServiceWrapper(service.named()))
    service.keys.clear()
    with pytest.raises(RefusedError):
        Keyring.unlock(home, b"")
    assert passphrases.recover(home, [share.text for share in founding.shares[:2]], NEW) == ""
    assert Keyring.unlock(home, NEW).organisations == (founding.organisation,)


def test_a_rehearsal_changes_nothing_but_the_ledger(home: Home, founding: Founding) -> None:
    before = home.keyring.read_bytes()
    texts = [share.text for share in founding.shares]
    assert passphrases.rehearse(home, texts[1:]) == ""
    assert home.keyring.read_bytes() == before
    assert acts(home, founding.organisation)[-1][0] == EventTag.RECOVERY_REHEARSED
    with connect(home, OLD) as doors:
        assert doors.desk.status().organisations[0].rehearsed > 0
        size = doors.desk.status().organisations[0].size
    with pytest.raises(WrongUseError, match="not enough"):
        passphrases.rehearse(home, texts[:1])
    other, _ = setup.create_installation(Home(home.path / "x"), name="Other", passphrase=OLD, cost=CHEAP)
    with pytest.raises(RefusedError, match="do not open this installation"):
        passphrases.rehearse(home, [share.text for share in other.shares])
    with connect(home, OLD) as doors:
        assert doors.desk.status().organisations[0].size == size


def test_an_organisation_gets_a_passphrase_of_its_own_changes_it_and_gives_it_up(
    home: Home, founding: Founding
) -> None:
    name = founding.organisation
    keys = Keyring.unlock(home, OLD).keeper_keys().organisations[0]
    shares = protect(home, founding)
    assert len(shares) == len(CUSTODIANS)
    assert Keyring.unlock(home, OLD).locked(name) == "Its own passphrase has not been given."
    assert protect(home, founding, OWN, NEW) == []
    with pytest.raises(LockedError, match="--organisation-passphrase-file"):
        protect(home, founding)
    with pytest.raises(RefusedError):
        protect(home, founding, OWN)
    ring = Keyring.unlock(home, OLD)
    ring.unlock_organisation(name, NEW)
    assert ring.keeper_keys().organisations[0].epochs == keys.epochs
    assert ring.keeper_keys().organisations[0].ledger == keys.ledger
    key_sources.protect(home, OLD, name, NEW, None, ())
    assert Keyring.unlock(home, OLD).keeper_keys().organisations[0] == keys
    with pytest.raises(WrongUseError, match="no key of its own"):
        key_sources.protect(home, OLD, name, b"", None, ())
    under = [body["under"] for tag, body in acts(home, name) if tag == EventTag.ORGANISATION_PROTECTED]  # type: ignore[index]
    assert under[-1] == "master key alone"
    assert len(under) == 3


def test_an_organisations_own_key_service(home: Home, founding: Founding, service: FakeService) -> None:
    name = founding.organisation
    key_sources.protect(home, OLD, name, b"", ServiceWrapper(service.named()), CUSTODIANS)
    assert Keyring.unlock(home, OLD).locked(name) == ""
    service.sealed = True
    assert "is sealed" in Keyring.unlock(home, OLD).locked(name)
    assert Keyring.unlock(home, OLD).catalogue_key()


def test_a_lost_passphrase_of_its_own_comes_back_by_its_own_shares_alone(
    home: Home, founding: Founding
) -> None:
    name, shares = founding.organisation, protect(home, founding)
    assert key_sources.rehearse_organisation(home, OLD, name, shares[:2]) == ""
    own = PassphraseWrapper(NEW, CHEAP)
    with pytest.raises(RefusedError, match=f"do not open the key of {name}"):
        key_sources.recover_organisation(home, OLD, name, [share.text for share in founding.shares], own)
    with pytest.raises(RefusedError, match="do not open this installation"):
        passphrases.recover(home, shares, NEW)
    assert key_sources.recover_organisation(home, OLD, name, shares[1:], own) == ""
    ring = Keyring.unlock(home, OLD)
    ring.unlock_organisation(name, NEW)
    assert ring.locked(name) == ""
    with pytest.raises(RefusedError):
        ring.unlock_organisation(name, OWN)


def test_nothing_is_unlocked_where_no_server_runs(home: Home, founding: Founding) -> None:
    protect(home, founding)
    with pytest.raises(NotAvailableError, match="No server runs"):
        key_sources.unlock(home, founding.organisation, OWN)


def test_a_running_keeper_is_unlocked_also_while_search_is_away(home: Home, founding: Founding) -> None:
    protect(home, founding)
    with connect(home, OLD) as doors:
        assert doors.desk.status().organisations[0].locked
        with pytest.raises(RefusedError):
            key_sources.unlock(home, founding.organisation, b"wrong")
        assert key_sources.unlock(home, founding.organisation, OWN) is False
        assert not doors.desk.status().organisations[0].locked


def test_a_demo_keeps_its_own(home: Home, founding: Founding) -> None:
    home.demo.write_text("{}")
    with pytest.raises(WrongUseError, match="demo"):
        protect(home, founding)
    with pytest.raises(WrongUseError, match="demo"):
        key_sources.set_source(home, OLD, PassphraseWrapper(NEW, CHEAP))


def test_its_own_passphrase_alone_opens_nothing(home: Home, founding: Founding) -> None:
    """Its own wrapping lies under the master key: who has the home and this passphrase has not even that."""
    protect(home, founding)
    kept = keyring_file.read(home).organisations[founding.organisation].key
    with pytest.raises(msgspec.MsgspecError):
        wrapper.unpack(kept)
    with pytest.raises(RefusedError):
        Keyring.unlock(home, OWN)


def test_no_wrapped_key_is_without_its_name(home: Home, founding: Founding) -> None:
    """One organisation's own wrapping does not pass for another's."""
    ring = Keyring.unlock(home, OLD)
    ring.add_organisation("org_other", PassphraseWrapper(OWN, CHEAP))
    ring.protect(founding.organisation, PassphraseWrapper(OWN, CHEAP))
    file = keyring_file.read(home)
    mine, theirs = file.organisations[founding.organisation], file.organisations["org_other"]
    assert mine.key != theirs.key
    swapped = json.loads(home.keyring.read_text())
    organisations = swapped["organisations"]
    organisations["org_other"]["key"] = organisations[founding.organisation]["key"]
    home.keyring.write_text(json.dumps(swapped))
    with pytest.raises(FaultFoundError, match="does not open"):
        Keyring.unlock(home, OLD).unlock_organisation("org_other", OWN)
