"""A session with a carrier's server, and with one that is up to no good."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

import asyncssh
import pytest

from muniment.capture.calls.spool import sftp
from muniment.capture.calls.spool.places import BLOCK
from muniment.capture.calls.spool.sftp import RemoteError, Session
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.spool_settings import CarrierSettings
from tests.capture.calls.spool.carriers import free_port, key_pair, openssh, public, served_by

DATA = bytes(range(256)) * 5000  # more than one block
FILE = 0o100644
PATH = PurePosixPath("/a.wav")

type Chosen = Callable[..., CarrierSettings]


@pytest.fixture(scope="module")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chosen]:
    with openssh(tmp_path_factory.mktemp("carrier") / "server") as settings:
        yield settings


def connected(settings: CarrierSettings, patience: float = 20.0) -> Session:
    session = Session(settings, patience)
    try:
        session.connect()
    except BaseException:
        session.close()
        raise
    return session


@pytest.mark.needs("/usr/sbin/sshd")
def test_files_are_listed_read_moved_and_removed_on_a_real_server(carrier: Chosen, tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "a.wav").write_bytes(DATA)
    (tmp_path / ".part.wav").write_bytes(b"not yet")
    (tmp_path / "link.wav").symlink_to("/etc/passwd")
    (tmp_path / "odd\\name.wav").write_bytes(b"x")
    refused: list[tuple[str, str]] = []
    with closing(connected(carrier(tmp_path))) as session:
        (one,) = session.walk(lambda path, why: refused.append((path, why)))
        assert (one.path, one.size) == (PurePosixPath(tmp_path / "day" / "a.wav"), len(DATA))
        assert [why for _, why in refused] == ["its name leads elsewhere"]
        assert b"".join(session.blocks(one.path, one.size)) == DATA
        assert session.start(one.path) == DATA[:16384]
        assert session.look(one.path) == (len(DATA), one.changed)
        target = PurePosixPath(tmp_path / "done" / "day" / "a.wav")
        session.move(one.path, target)
        (tmp_path / "day" / "a.wav").write_bytes(b"another")
        session.move(one.path, target)
        assert Path(target).read_bytes() == DATA
        assert Path(target.with_name("a.1.wav")).read_bytes() == b"another"
        session.remove(target)
        with pytest.raises(FileNotFoundError):
            session.look(target)
        with pytest.raises(RemoteError):
            session.look(PurePosixPath(tmp_path / "link.wav"))


@pytest.mark.needs("/usr/sbin/sshd")
def test_only_the_pinned_server_is_spoken_to(carrier: Chosen, tmp_path: Path) -> None:
    other = key_pair(tmp_path / "other")
    with pytest.raises(RefusedError, match="another key"):
        connected(carrier(tmp_path).model_copy(update={"host_key": public(other)}))
    with pytest.raises(RefusedError, match="does not let"):
        connected(carrier(tmp_path).model_copy(update={"key_file": str(tmp_path / "other")}))
    with pytest.raises(NotAvailableError, match="cannot be reached"):
        connected(carrier(tmp_path).model_copy(update={"port": free_port()}))
    with pytest.raises(NotAvailableError, match="cannot be read"):
        connected(carrier(tmp_path).model_copy(update={"key_file": str(tmp_path / "none")}))
    (tmp_path / "no-key").write_text("hello")
    with pytest.raises(WrongUseError, match="no private key"):
        connected(carrier(tmp_path).model_copy(update={"key_file": str(tmp_path / "no-key")}))


class Server(asyncssh.SFTPServer):
    """One file, `a.wav`, that is what the subclass makes of it."""

    size = len(DATA)
    names: tuple[bytes, ...] = (b"a.wav",)

    async def scandir(self, _path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        for name in self.names:
            yield asyncssh.SFTPName(name, attrs=self._attributes())

    def _attributes(self) -> asyncssh.SFTPAttrs:
        return asyncssh.SFTPAttrs(size=self.size, permissions=FILE, mtime=1, atime=1, uid=0, gid=0)

    def lstat(self, _path: bytes) -> asyncssh.SFTPAttrs:
        return self._attributes()

    def fstat(self, _file: object) -> asyncssh.SFTPAttrs:
        return self._attributes()

    def open(self, _path: bytes, _flags: int, _attributes: asyncssh.SFTPAttrs) -> object:
        return object()

    def close(self, _file: object) -> None:
        return

    def read(self, _file: object, offset: int, size: int) -> bytes:
        return DATA[offset : offset + size]


class Endless(Server):
    """There is always more."""

    def read(self, _file: object, _offset: int, size: int) -> bytes:
        return bytes(size)


class Short(Server):
    """It says more than it has."""

    size = 2 * len(DATA)


class Names(Server):
    """Names that lead elsewhere, or are too long."""

    names = (
        b"../../etc/passwd.wav", b"/etc/shadow.wav", b"..", b"a\x00b.wav", b"a\nb.wav", b"x" * 4000 + b".wav", b"\xff\xfe.wav",
        b"a.wav",
    )  # fmt: skip


class Crowd(Server):
    """A folder without an end."""

    async def scandir(self, _path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        number = 0
        while True:
            number += 1
            yield asyncssh.SFTPName(b"%d.wav" % number, attrs=self._attributes())


class Deep(Server):
    """Each folder has a folder."""

    async def scandir(self, _path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        yield asyncssh.SFTPName(b"deeper", attrs=asyncssh.SFTPAttrs(permissions=0o040755))
        yield asyncssh.SFTPName(b"a.wav", attrs=self._attributes())


class Silent(Server):
    """It never answers a read."""

    async def read(self, _file: object, _offset: int, _size: int) -> bytes:  # type: ignore[override]
        await asyncio.sleep(3600)
        return b""


class Breaking(Server):
    """The connection breaks after each half megabyte or so."""

    left = 0

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(chan)
        self._own, self.left = chan, BLOCK

    def read(self, _file: object, offset: int, size: int) -> bytes:
        self.left -= size
        if self.left < 0:
            self._own.get_connection().abort()
        return DATA[offset : offset + size]


class Changing(Breaking):
    """And when it is back, the file is another."""

    times = 0

    def lstat(self, _path: bytes) -> asyncssh.SFTPAttrs:
        Changing.times += 1
        return asyncssh.SFTPAttrs(size=self.size, permissions=FILE, atime=1, mtime=Changing.times)


def taken(kind: type[Server], path: Path, patience: float = 20.0) -> bytes:
    with served_by(kind, path) as settings, closing(connected(settings(), patience)) as session:
        return b"".join(session.blocks(PATH, kind.size))


def walked(kind: type[Server], path: Path) -> tuple[list[str], list[str]]:
    refused: list[str] = []
    with served_by(kind, path) as settings, closing(connected(settings())) as session:
        return [str(one.path) for one in session.walk(lambda _path, why: refused.append(why))], refused


def test_a_file_goes_on_where_the_connection_broke(tmp_path: Path) -> None:
    assert taken(Breaking, tmp_path) == DATA


def test_a_file_that_is_another_after_the_break_is_left(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="changed"):
        taken(Changing, tmp_path)


@pytest.mark.parametrize(
    ("kind", "why"), [(Endless, "longer than was said"), (Short, "shorter than was said")]
)
def test_a_file_is_as_long_as_was_said_or_left(kind: type[Server], why: str, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=why):
        taken(kind, tmp_path)


def test_a_server_that_falls_silent_holds_nobody_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "ATTEMPTS", 2)
    with pytest.raises(RemoteError, match="broke"):
        taken(Silent, tmp_path, patience=0.5)


def test_names_that_lead_elsewhere_are_left_and_said(tmp_path: Path) -> None:
    found, refused = walked(Names, tmp_path)
    assert found == ["/a.wav", f"/{os.fsdecode(b'\xff\xfe')}.wav"]
    assert sorted(set(refused)) == ["its name has more than 255 bytes", "its name leads elsewhere"]


def test_a_folder_without_an_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp, "MOST_FILES", 1000)
    with pytest.raises(RemoteError, match="more than 1000 files"):
        walked(Crowd, tmp_path)


def test_folders_without_an_end_are_entered_only_so_deep(tmp_path: Path) -> None:
    found, _ = walked(Deep, tmp_path)
    assert len(found) == sftp.DEEPEST + 1


def test_a_password_opens_as_well_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    with served_by(Server, tmp_path) as settings:
        (tmp_path / "wrong").write_text("battery staple")
        with pytest.raises(RefusedError, match="does not let"):
            connected(settings(password_file=str(tmp_path / "wrong")))
        with closing(connected(settings())) as session:
            assert session.look(PATH) == (len(DATA), 1)
