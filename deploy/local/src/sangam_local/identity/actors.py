"""Who can sign in on a local Sangam: every actor kind on every campus, and the two kinds that belong to none."""

from collections.abc import Sequence
from dataclasses import dataclass

CAMPUSES = ("puducherry", "karaikal", "yanam")
KINDS = (
    "trainee",
    "supervisor",
    "nominator",
    "institution_nominator",
    "facilitator",
    "planner",
    "campus_admin",
    "institute_coordinator",
    "operator",
)
EVERYWHERE = frozenset({"institute_coordinator"})
CAMPUSLESS = ("institute_coordinator", "operator")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalActor:
    """One account. `campus` is where it sits, `campuses` what its token says."""

    kind: str
    campus: str | None
    campuses: Sequence[str]

    @property
    def username(self) -> str:
        """What is typed to sign in: `campus_admin.karaikal`, or `operator`."""
        return self.kind if self.campus is None else f"{self.kind}.{self.campus}"

    @property
    def key(self) -> str:
        """How tables name the actor: `campus_admin@karaikal`, or `operator`."""
        return self.kind if self.campus is None else f"{self.kind}@{self.campus}"


def actors() -> Sequence[LocalActor]:
    placed = [
        LocalActor(kind=kind, campus=campus, campuses=CAMPUSES if kind in EVERYWHERE else (campus,))
        for kind in KINDS
        for campus in CAMPUSES
    ]
    return [*placed, *(LocalActor(kind=kind, campus=None, campuses=CAMPUSES) for kind in CAMPUSLESS)]
