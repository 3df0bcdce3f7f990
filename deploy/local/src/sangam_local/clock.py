"""The domain clock's offset of one home: seconds in a file that all processes read."""

import os
import re
from datetime import timedelta

from sangam_local.home import Home
from sangam_local.trouble import Trouble

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def offset(home: Home) -> timedelta:
    return timedelta(seconds=float(home.clock_offset.read_text())) if home.clock_offset.exists() else timedelta()


def shift(home: Home, by: timedelta) -> timedelta:
    """Move it on from where it is; answers the whole offset."""
    return _write(home, offset(home) + by)


def reset(home: Home) -> timedelta:
    """Back to real time. Facts made at a later clock stay as they are."""
    return _write(home, timedelta())


def ensure(home: Home) -> None:
    if not home.clock_offset.exists():
        reset(home)


def parsed(text: str) -> timedelta:
    """`+3d`, `-2h`, `+1w`. Raises Trouble."""
    found = re.fullmatch(r"([+-]\d+)([wdhms])", text)
    if found is None:
        raise Trouble(f"A clock moves by a signed number and one of w, d, h, m, s, such as +3d; not by {text!r}.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _write(home: Home, value: timedelta) -> timedelta:
    fresh = home.clock_offset.with_suffix(f".{os.getpid()}")
    fresh.write_text(f"{value.total_seconds()}\n")
    fresh.replace(home.clock_offset)
    return value
