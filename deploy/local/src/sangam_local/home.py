"""Where things lie on disk: the state of one running system, and the downloads that all checkouts share."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[4]
RECIPES = CHECKOUT / "deploy" / "local" / "parts"


@dataclass(frozen=True, slots=True)
class Home:
    """One running system's folder; removing it is a complete reset."""

    root: Path

    @classmethod
    def chosen(cls) -> Self:
        """`.sangam` of this checkout; SANGAM_HOME names another place."""
        return cls(Path(os.environ.get("SANGAM_HOME", CHECKOUT / ".sangam")).absolute())

    @property
    def data(self) -> Path:
        """What a restart must find again."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Generated settings, secrets and the supervisor's own files."""
        return self.root / "run"

    @property
    def clock_offset(self) -> Path:
        return self.run / "clock-offset"

    @property
    def ports(self) -> Path:
        return self.run / "ports.json"

    @property
    def scale(self) -> Path:
        """Beside the data, because it says how that can be read."""
        return self.data / "scale.json"

    def make(self) -> None:
        for folder in (self.root, self.data, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o700)


def cache() -> Path:
    """Downloads, shared by every checkout of this user; SANGAM_CACHE names another place."""
    fallback = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sangam"
    return Path(os.environ.get("SANGAM_CACHE", fallback)).absolute()
