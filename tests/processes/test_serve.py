"""Which processes there are, in which order, with which keys; and one server on a home."""

import os
from pathlib import Path

import msgspec
import pytest

from muniment.capture.files.held import key_of
from muniment.core import settings
from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.processes import serve
from muniment.vault import setup
from muniment.vault.handover import KeeperKeys, LibrarianKeys, SpoolKeys, StewardKeys, WebKeys, WorkerKeys
from muniment.vault.keyring import Cost, UnlockedKeyring

PASSPHRASE = b"correct horse battery staple"


@pytest.fixture
def founded(tmp_path: Path) -> tuple[Home, UnlockedKeyring]:
    home = Home(tmp_path / "founded")
    _, keyring = setup.create_installation(
        home, name="Firm", passphrase=PASSPHRASE, cost=Cost(memory=64, passes=1, lanes=1)
    )
    return home, keyring


def test_each_process_gets_its_own_keys_and_no_others(founded: tuple[Home, UnlockedKeyring]) -> None:
    home, keyring = founded
    organisation = keyring.organisations[0]
    home.settings.write_text(f'[[smtp]]\norganisation = "{organisation}"\n')
    children = {each.name: each for each in serve.children(home, keyring, settings.load(home))}
    assert list(children) == ["keeper", "smtp", "librarian", "worker", "steward", "web"]
    kinds = {
        "keeper": KeeperKeys,
        "librarian": LibrarianKeys,
        "worker": WorkerKeys,
        "steward": StewardKeys,
        "web": WebKeys,
    }
    for name, kind in kinds.items():
        assert isinstance(msgspec.msgpack.decode(children[name].keys, type=kind), kind)
    assert children["smtp"].keys == b""
    private = keyring.epoch_private(organisation, 1).private_bytes_raw()
    assert not any(private in child.keys for child in children.values())  # the keeper reads the keyring
    (keeper,) = keyring.keeper_keys().organisations
    assert [name for name, child in children.items() if keeper.epochs in child.keys] == ["keeper"]
    assert [name for name, child in children.items() if keyring.index_key(organisation) in child.keys] == [
        "librarian"
    ]
    assert [name for name, child in children.items() if keyring.catalogue_key() in child.keys] == [
        "worker",
        "steward",
        "web",
    ]
    assert keyring.django_secret().encode() not in children["steward"].keys
    assert children["keeper"].first


def test_where_nothing_is_to_be_done_there_is_no_steward(founded: tuple[Home, UnlockedKeyring]) -> None:
    home, keyring = founded
    home.settings.write_text(
        '[verify]\nsampled = "never"\nincremental = "never"\nfull = "never"\ndeep = "never"\n'
    )
    assert "steward" not in {each.name for each in serve.children(home, keyring, settings.load(home))}


def test_without_a_listener_there_is_no_mail_process(founded: tuple[Home, UnlockedKeyring]) -> None:
    home, keyring = founded
    assert "smtp" not in {each.name for each in serve.children(home, keyring, settings.load(home))}


def test_who_watches_folders_gets_the_key_of_its_notes_and_no_other(
    founded: tuple[Home, UnlockedKeyring],
) -> None:
    home, keyring = founded
    organisation = keyring.organisations[0]
    home.settings.write_text(f'[[calls.spool]]\norganisation = "{organisation}"\npath = "/var/spool/x"\n')
    children = {each.name: each for each in serve.children(home, keyring, settings.load(home))}
    assert list(children) == ["keeper", "spool", "librarian", "worker", "steward", "web"]
    keys = msgspec.msgpack.decode(children["spool"].keys, type=SpoolKeys)
    assert keys.held == {organisation: key_of(keyring.index_key(organisation))}
    assert keyring.index_key(organisation) not in children["spool"].keys


def test_a_recorder_runs_where_calls_are_set_up(founded: tuple[Home, UnlockedKeyring]) -> None:
    home, keyring = founded
    assert "recorder" not in {each.name for each in serve.children(home, keyring, settings.load(home))}
    home.settings.write_text(
        f'[[calls.listeners]]\n[[calls.sources]]\norganisation = "{keyring.organisations[0]}"\n'
        'name = "pbx"\nnetworks = ["192.0.2.0/24"]\n'
    )
    children = {each.name: each for each in serve.children(home, keyring, settings.load(home))}
    assert list(children) == ["keeper", "recorder", "librarian", "worker", "steward", "web"]
    assert children["recorder"].keys == b""


def test_keys_stand_neither_in_arguments_nor_in_the_environment(
    founded: tuple[Home, UnlockedKeyring],
) -> None:
    home, keyring = founded
    for child in serve.children(home, keyring, settings.load(home)):
        said = " ".join([*child.command, *child.environment.values()]).encode()
        assert keyring.catalogue_key() not in said
        assert PASSPHRASE not in said


def test_a_wrong_passphrase_starts_nothing(founded: tuple[Home, UnlockedKeyring]) -> None:
    with pytest.raises(RefusedError):
        serve.serve(founded[0], b"another", lambda _: None)


def test_one_server_on_a_home(home: Home) -> None:
    assert serve.serving(home) == 0
    with serve.only_server(home):
        assert serve.serving(home) == os.getpid()
        with (
            pytest.raises(NotAvailableError, match=f"Process {os.getpid()} serves it"),
            serve.only_server(home),
        ):
            pass
        with pytest.raises(NotAvailableError):
            serve.require_stopped(home)
    assert serve.serving(home) == 0
    serve.require_stopped(home)
