"""What stops a person from running Sangam, each told in one sentence; nothing here prints or exits."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Trouble(Exception):
    """Something outside the program must change first; its text is the whole message a person gets."""


@contextmanager
def telling_a_full_disk(place: Path) -> Iterator[None]:
    """Turn "no space left" from anywhere below into a sentence that names the place."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(place) from error
        raise


def disk_full(place: Path) -> Trouble:
    return Trouble(f"The disk that holds {place} is full: free some space and run the same command again.")
