"""The keyring of docs/format.md, opened from that page with hashes and a cipher alone; then by Muniment."""

import base64
import json
import re
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core.home import Home
from muniment.vault import keyring_file
from muniment.vault.keeper.books import Books
from muniment.vault.keeper.locked import DomainList
from muniment.vault.keyring import Keyring
from muniment.vault.wrapping import aead, wrapper
from muniment.vault.wrapping.wrapper import ByService

PAGE = Path(__file__).parents[2] / "docs" / "format.md"
FIRST, OWN = "org_" + "a" * 26, "org_" + "b" * 26

type Vector = dict[str, Any]


@pytest.fixture(scope="module")
def vector() -> Vector:
    block = re.search(r"## Test vector of a keyring\n.*?```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block
    found: Vector = json.loads(block[1])
    return found


# --- the page alone -----------------------------------------------------------------------------


def opened(key: bytes, name: str, wrapped: str | bytes) -> bytes:
    data = base64.b64decode(wrapped) if isinstance(wrapped, str) else wrapped
    return AESGCM(key).decrypt(data[:12], data[12:], f"muniment/keyring/v1/{name}".encode())


def by_passphrase(wrapping: dict[str, Any], name: str, passphrase: str) -> bytes:
    cost, salt = wrapping["cost"], wrapping["salt"]
    stretched = Argon2id(
        salt=base64.b64decode(salt) if isinstance(salt, str) else salt,
        length=32,
        iterations=cost["passes"],
        lanes=cost["lanes"],
        memory_cost=cost["memory"],
    ).derive(passphrase.encode())
    return opened(stretched, name, wrapping["wrapped"])


def derived(key: bytes, info: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=info.encode()).derive(key)


def test_the_master_key_and_what_it_wraps(vector: Vector):
    file = vector["keyring"]
    assert (file["version"], file["master"]["type"]) == (2, "passphrase")
    master = by_passphrase(file["master"], "master", vector["passphrase"])
    assert master.hex() == vector["master"]
    for name in ("catalogue", "django", "totp"):
        assert opened(master, f"system/{name}", file["system"][name]).hex() == vector[name]
    with pytest.raises(InvalidTag):
        by_passphrase(file["master"], "master", vector["passphrase"] + "\n")


@pytest.mark.parametrize("organisation", [FIRST, OWN])
def test_the_keys_of_an_organisation(vector: Vector, organisation: str):
    master, own = bytes.fromhex(vector["master"]), vector["keyring"]["organisations"][organisation]
    if "own" in own:
        packed = msgspec.msgpack.decode(opened(master, f"{organisation}/own", own["key"]))
        assert packed["type"] == own["own"] == "passphrase"
        key = by_passphrase(packed, organisation, vector["own_passphrase"])
    else:
        key = opened(master, organisation, own["key"])
    assert key.hex() == vector["keys"][organisation]
    assert opened(key, f"{organisation}/index", own["index"]).hex() == vector["indexes"][organisation]
    epochs = derived(key, f"muniment/keyring/v1/{organisation}/epochs")
    private = opened(epochs, f"{organisation}/epoch/1", own["epochs"]["1"]["private"])
    assert private.hex() == vector["epochs"][organisation]
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    assert base64.b64decode(own["epochs"]["1"]["public"]) == public


def test_ledger_keys_of_the_first_shard_and_of_a_later_one(vector: Vector):
    master, organisations = bytes.fromhex(vector["master"]), vector["keyring"]["organisations"]
    assert organisations[FIRST]["ledger"] == ""
    key = derived(master, f"muniment/keyring/v1/{FIRST}/ledgers")
    seed = opened(key, f"{FIRST}/ledger/2", organisations[FIRST]["ledgers"]["2"])
    assert seed.hex() == vector["ledgers"][FIRST]
    assert opened(master, f"{OWN}/ledger", organisations[OWN]["ledger"]).hex() == vector["ledgers"][OWN]


def test_a_wrapping_of_a_key_service(vector: Vector):
    given = vector["by_service"]
    packed = msgspec.msgpack.decode(bytes.fromhex(given["packed"]))
    assert packed["type"] == "key-service"
    assert {"url", "key", "mount", "namespace", "authority", "token_file", "seconds", "epochs"} == set(
        packed["service"]
    )
    assert packed["sealed"].startswith("vault:v1:")
    assert opened(bytes.fromhex(given["between"]), given["bound"], packed["wrapped"]).hex() == given["secret"]


def test_the_domains_kept_for_a_locked_organisation(vector: Vector):
    key = derived(bytes.fromhex(vector["master"]), f"muniment/keyring/v1/{FIRST}/ledgers")
    kept = opened(derived(key, "muniment/domains/v1"), f"{FIRST}/domains", bytes.fromhex(vector["domains"]))
    assert json.loads(kept) == {"as_of": 5, "domains": ["firm.example"]}


def product(left: int, right: int) -> int:
    """In GF(2⁸) with x⁸ + x⁴ + x³ + x + 1: as polynomials, then the remainder."""
    whole = 0
    for bit in range(8):
        whole ^= (left << bit) * (right >> bit & 1)
    for bit in range(14, 7, -1):
        whole ^= (0x11B << bit - 8) * (whole >> bit & 1)
    return whole


def test_any_two_recovery_shares(vector: Vector):
    read = list[tuple[int, bytes]]()
    for text in vector["shares"]:
        letters = text.removeprefix("muniment-share-1-").replace("-", "").upper()
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        assert raw[-4:] == sha256(b"muniment/share/v1" + raw[:-4]).digest()[:4]
        assert raw[0] == 2
        read.append((raw[1], raw[6:-4]))
    for (one, ones), (other, others) in combinations(read, 2):
        # The line through both points, at 0: (y₁·x₂ + y₂·x₁) / (x₁ + x₂), where + is exclusive or.
        (inverse,) = (each for each in range(256) if product(each, one ^ other) == 1)
        secret = bytes(
            product(product(left, other) ^ product(right, one), inverse)
            for left, right in zip(ones, others, strict=True)
        )
        assert secret.hex() == vector["master"]


# --- the same by Muniment -----------------------------------------------------------------------


@pytest.fixture
def home(vector: Vector, tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.keyring.parent.mkdir(parents=True)
    made.keyring.write_text(json.dumps(vector["keyring"]))
    return made


def test_muniment_opens_the_vector(vector: Vector, home: Home):
    keyring = Keyring.unlock(home, vector["passphrase"].encode())
    keyring.unlock_organisation(OWN, vector["own_passphrase"].encode())
    assert (keyring.catalogue_key().hex(), keyring.totp_key().hex()) == (vector["catalogue"], vector["totp"])
    for organisation in (FIRST, OWN):
        assert keyring.index_key(organisation).hex() == vector["indexes"][organisation]
        private = keyring.epoch_private(organisation, 1).private_bytes_raw()
        assert private.hex() == vector["epochs"][organisation]
    assert keyring.ledgers(FIRST).shards() == (2,)
    assert Keyring.rehearse(home, vector["shares"][:2]).totp_key().hex() == vector["totp"]


def test_muniment_writes_what_it_has_read_as_the_page_shows_it(vector: Vector, home: Home):
    keyring_file.write(home, keyring_file.read(home))
    assert json.loads(home.keyring.read_text()) == vector["keyring"]


def test_muniment_opens_a_wrapping_of_a_key_service_and_the_domains(vector: Vector, home: Home):
    given = vector["by_service"]
    wrapping = wrapper.unpack(bytes.fromhex(given["packed"]))
    assert isinstance(wrapping, ByService)
    assert (
        aead.unwrap(bytes.fromhex(given["between"]), given["bound"], wrapping.wrapped).hex()
        == given["secret"]
    )
    path = home.path / "system" / "domains" / FIRST
    path.parent.mkdir()
    path.write_bytes(bytes.fromhex(vector["domains"]))
    key = derived(bytes.fromhex(vector["master"]), f"muniment/keyring/v1/{FIRST}/ledgers")
    books = Books(FIRST)
    books.domains_as_of = 5
    assert DomainList(home, FIRST, key).recall(books)
    assert books.domains == {"firm.example"}
