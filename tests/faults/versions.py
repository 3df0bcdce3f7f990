"""Other versions of the services beside the present one: an earlier commit, and a later one that is not written yet.

The later one is a test-only patch of the working tree: one more field in a fact, and a fact of a new type.
"""

import subprocess
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from sangam_local.home import CHECKOUT

# The closing commit of the main job: the first version that others ran.
EARLIER = "b07d7dfb0f396b747205f9839539c3ee5e4f3607"
_PACKAGES = ("libs/common/src", *(f"services/{name}/src" for name in ("enrolment", "scheduling", "notifications")))
_EVENTS = "services/enrolment/src/enrolment/domain/events.py"
_SEATS = "services/enrolment/src/enrolment/application/seats.py"
NEW_FIELD, NEW_TYPE = "row_of_chairs", "sangam.enrolment.applauded.v1"
_NEW_EVENT = f'''

class EnrolmentApplauded(EnrolmentFact):
    """Somebody got a seat, and there was applause."""

    event_type: ClassVar[str] = "{NEW_TYPE}"
    claps: int
'''
_FIELDS = "    because: str\n    schedule_revision: int\n"
_EMITTED = "because=because, schedule_revision=revision))\n"
_PATCHES: Mapping[str, tuple[tuple[str, str], ...]] = {
    _EVENTS: ((_FIELDS, f"{_FIELDS}    {NEW_FIELD}: int = 7\n"),),
    _SEATS: (
        ("import EnrolmentConfirmed, ", "import EnrolmentApplauded, EnrolmentConfirmed, "),
        (_EMITTED, f"{_EMITTED}    tx.emit(EnrolmentApplauded(**facts.of(enrolment), claps=3))\n"),
    ),
}


class NoHistory(AssertionError):
    """The earlier version is not in this clone."""


def earlier(folder: Path) -> Path:
    """The services as they were then. Raises NoHistory."""
    found = subprocess.run(["git", "archive", EARLIER, *_PACKAGES], cwd=CHECKOUT, capture_output=True, check=False)
    if found.returncode:
        raise NoHistory(f"E1 needs commit {EARLIER[:7]}, which this clone lacks: fetch the whole history of main.")
    with tarfile.open(fileobj=BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def later(folder: Path) -> Path:
    """The services as they stand here, with the patch. Raises AssertionError where it does not fit any more."""
    for package in _PACKAGES:
        for source in sorted((CHECKOUT / package).rglob("*")):
            if source.is_file() and "__pycache__" not in source.parts:
                target = folder / source.relative_to(CHECKOUT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
    for name, changes in _PATCHES.items():
        text = (folder / name).read_text()
        for before, after in changes:
            assert text.count(before) == 1, f"the next version cannot be made: {before!r} is not once in {name}"
            text = text.replace(before, after)
        (folder / name).write_text(text + (_NEW_EVENT if name == _EVENTS else ""))
    return folder


def path_of(folder: Path) -> str:
    """PYTHONPATH for it: goes before what is installed."""
    return ":".join(str(folder / package) for package in _PACKAGES)
