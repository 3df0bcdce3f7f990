"""The domain clock of a home, as the story moves it: forward only, for all processes at once."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sangam_local import clock
from sangam_local.home import Home


@dataclass(frozen=True, slots=True)
class HomeClock:
    """Reads and moves the offset that the processes of this home read."""

    home: Home

    def now(self) -> datetime:
        return datetime.now(UTC) + clock.offset(self.home)

    def move_to(self, at: datetime) -> None:
        """Nothing happens when it is that late already."""
        if (ahead := at - self.now()).total_seconds() > 0:
            clock.shift(self.home, ahead)
