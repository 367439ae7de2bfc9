"""`muniment sign`: says what is signed, signs exactly that."""

from pathlib import Path
from types import MappingProxyType

import pytest
import typer
from typer.testing import CliRunner

from muniment.cli import sign
from muniment.core.errors import WrongUseError
from muniment.vault.authority import keyfile, signing, statements
from muniment.vault.authority.register import KeyKind, Register, RegisteredKey
from muniment.vault.authority.statements import Verdict

APP = typer.Typer()
APP.command()(sign.command)
TEXT = statements.build_decision(
    organisation="org_a",
    request="req_a",
    warrant="ab" * 32,
    decision=Verdict.APPROVE,
    reason="needed",
    clause="4.1",
    person="per_a",
)


@pytest.fixture
def key(tmp_path: Path) -> keyfile.PrivateKeyFile:
    made = keyfile.generate()
    keyfile.write(tmp_path / "anna", made)
    return made


@pytest.mark.parametrize("piped", [False, True])
def test_the_signature_counts(tmp_path: Path, key: keyfile.PrivateKeyFile, piped: bool) -> None:
    (tmp_path / "decision").write_bytes(TEXT + b"\n")
    source = "-" if piped else str(tmp_path / "decision")
    done = CliRunner().invoke(APP, [source, "--key", str(tmp_path / "anna")], input=TEXT)
    assert done.exit_code == 0, done.output
    signed = signing.from_json(done.stdout)
    registered = RegisteredKey(
        person="per_a", key=key.key, kind=KeyKind.ED25519, public=key.public.public, powers=frozenset()
    )
    assert signing.verify(signed, Register(MappingProxyType({key.key: registered}))) == registered
    assert signed.statement == TEXT
    assert "You, per_a, approve request req_a" in done.stderr


@pytest.mark.usefixtures("key")
def test_what_is_no_statement_is_not_signed(tmp_path: Path) -> None:
    done = CliRunner().invoke(APP, ["-", "--key", str(tmp_path / "anna")], input=TEXT.replace(b":", b": ", 1))
    assert isinstance(done.exception, WrongUseError)
    assert not done.stdout


@pytest.mark.usefixtures("key")
def test_somebody_must_sign(tmp_path: Path) -> None:
    text = statements.build_hold_release(organisation="org_a", hold="h", reason="over")
    arguments = ["-", "--key", str(tmp_path / "anna")]
    assert isinstance(CliRunner().invoke(APP, arguments, input=text).exception, WrongUseError)
    done = CliRunner().invoke(APP, [*arguments, "--person", "per_b"], input=text)
    assert signing.from_json(done.stdout).person == "per_b"
