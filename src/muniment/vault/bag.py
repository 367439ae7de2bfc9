"""The files of a bag on disk, in a folder or a ZIP, read when they are asked for: a recording may be large."""

import zipfile
import zlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, override

from muniment.core.errors import NotAvailableError

LARGEST_FILE = 2 << 30  # bytes of a file that is read as a whole: the ledger's leaves are the largest
MARK = "bagit.txt"
_CHUNK = 4 << 20


class Bag(Mapping[str, bytes]):
    """Files by their path in the bag. NotAvailableError where one cannot be read."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    @override
    def __len__(self) -> int:
        return len(self._names)

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._names

    @override
    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        whole = bytearray()
        for piece in self.pieces(name):
            whole += piece
            if len(whole) > LARGEST_FILE:
                raise NotAvailableError(f"{name} is larger than a file of its kind can be.")
        return bytes(whole)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file of any size, some at a time."""
        with readable(name), self._open(name) as file:
            while piece := file.read(_CHUNK):
                yield piece

    @abstractmethod
    def _open(self, name: str) -> IO[bytes]: ...


class FolderBag(Bag):
    """A bag that was unpacked."""

    def __init__(self, path: Path) -> None:
        """NotAvailableError if it is no folder, or holds a link."""
        self._path = path
        with readable(str(path)):
            if not path.is_dir():
                raise FileNotFoundError(f"{path} is neither a folder nor a ZIP file")
            found = sorted(path.rglob("*"))
            for file in found:
                if file.is_symlink():
                    raise FileNotFoundError(f"{file.name} is a link, and a bundle holds only files")
        super().__init__(frozenset(file.relative_to(path).as_posix() for file in found if file.is_file()))

    @override
    def _open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")


class ZipBag(Bag):
    """A bag in a ZIP file, below whatever folder holds its bagit.txt."""

    def __init__(self, path: Path) -> None:
        """NotAvailableError if it is no ZIP file, or has a path twice."""
        with readable(str(path)):
            self._archive = zipfile.ZipFile(path)
            files = [info for info in self._archive.infolist() if not info.is_dir()]
            marks = (info.filename for info in files if info.filename.endswith(MARK))
            top = next(marks, MARK).removesuffix(MARK)
            self._members = {info.filename.removeprefix(top): info for info in files}
            if len(self._members) < len(files):
                raise zipfile.BadZipFile("it has a path twice")
        super().__init__(frozenset(self._members))

    @override
    def _open(self, name: str) -> IO[bytes]:
        return self._archive.open(self._members[name])


@contextmanager
def readable(what: str) -> Iterator[None]:
    """NotAvailableError with what was to be read and why that failed."""
    try:
        yield
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise NotAvailableError(f"The bundle cannot be read at {what}.", why=f"{error}.") from error


def open_bag(path: Path) -> Bag:
    """The bag in a folder or ZIP file; NotAvailableError if it cannot be read."""
    return ZipBag(path) if path.is_file() else FolderBag(path)
