"""A room: how many people it takes and what it has (S-04)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from scheduling.domain.errors import RoomLacksFeatures, RoomTooSmall
from scheduling.domain.words import CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    id: UUID
    version: int = 0
    campus: CampusId
    label: str
    capacity: int
    features: frozenset[str] = frozenset()

    def suits(self, seats: int, features: Collection[str]) -> bool:
        return self.capacity >= seats and self.features >= frozenset(features)

    def check(self, seats: int, features: Collection[str]) -> None:
        """Raises RoomLacksFeatures, RoomTooSmall."""
        if self.capacity < seats:
            raise RoomTooSmall(room_id=str(self.id), capacity=self.capacity, seats=seats)
        if missing := frozenset(features) - self.features:
            raise RoomLacksFeatures(room_id=str(self.id), missing=sorted(missing))
