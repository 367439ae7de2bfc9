"""The settings as they are now, for processes that go on while somebody edits the file.

The file is read again whenever it is another one than at the last look. One that cannot be understood changes
nothing: what held before holds on, and `fault` says why until the file is right again.
"""

from dataclasses import dataclass, field

from muniment.core import settings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.settings import Settings

type Identity = tuple[int, int, int] | None
"""When the file was written, which file it is, its size; None where there is none."""


@dataclass
class SettingsFile:
    """The file of one home."""

    home: Home
    settings: Settings
    """As they were understood last."""
    fault: str = ""
    """Why the file as it is now is not taken; empty where it is."""
    _seen: Identity = field(default=None)

    @staticmethod
    def of(home: Home) -> "SettingsFile":
        """Read it for the first time. Errors as `settings.load`."""
        seen = _identity(home)
        return SettingsFile(home, settings.load(home), _seen=seen)

    def look(self) -> bool:
        """Read the file again if it is another one; whether settings or fault are news."""
        now = _identity(self.home)  # before it is read: what is written meanwhile is seen by the next look
        if now == self._seen:
            return False
        self._seen = now
        try:
            if now is None:
                self.fault = f"{self.home.settings} is gone."
                return True
            self.settings = settings.load(self.home)
        except MunimentError as error:
            self.fault = f"{error.what} {error.why}".strip()
        else:
            self.fault = ""
        return True


def _identity(home: Home) -> Identity:
    try:
        found = home.settings.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
