"""The domain's clock: the process's own plus one offset that only local and test profiles may move."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


def real_now() -> datetime:
    """For leases and tokens, which no offset may touch. UTC, whole milliseconds as the database keeps them."""
    return to_milliseconds(datetime.now(UTC))


def to_milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Clock:
    """Call it for the time. The file holds seconds and is replaced by rename; all processes of a system share it."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._stamp: tuple[int, int] | None = None
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return real_now() + self.offset

    @property
    def offset(self) -> timedelta:
        if self._file is None:
            return timedelta()
        try:
            stat = os.stat(self._file)
        except FileNotFoundError:
            self._stamp, self._offset = None, timedelta()
            return self._offset
        if (stamp := (stat.st_mtime_ns, stat.st_ino)) != self._stamp:
            self._offset = timedelta(seconds=float(self._file.read_text().strip() or 0))
            self._stamp = stamp
        return self._offset
