"""Ids that stay the same when a transaction is run again."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562), for doors and drivers; use cases ask their transaction."""
    return uuid7()


class Ids:
    def __init__(self) -> None:
        self._made: list[UUID] = []
        self._position = 0

    def again(self) -> "Ids":
        self._position = 0
        return self

    def next(self) -> UUID:
        if self._position == len(self._made):
            self._made.append(uuid7())
        self._position += 1
        return self._made[self._position - 1]
