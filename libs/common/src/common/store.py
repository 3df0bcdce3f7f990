"""The port to a document database, as small as our use cases need it. Adapters: mongo, memory."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Document = Mapping[str, Any]
Order = Sequence[tuple[str, int]]
R = TypeVar("R")

BY_ID: Order = (("_id", 1),)


@dataclass(frozen=True, slots=True)
class Write:
    """One document as it will be, those fields included that this version does not know; None: remove it.

    `expected` is the version that was read, 0 for a new document; `version` the one it has afterwards.
    """

    collection: str
    id: str
    expected: int
    version: int
    fields: Document | None


@dataclass(frozen=True, slots=True)
class Index:
    """One index of a collection; `where` makes it partial, `expire_after_s` a TTL index on its one field."""

    name: str
    keys: Order
    unique: bool = False
    where: Document | None = None
    expire_after_s: int | None = None


Indexes = Mapping[str, Sequence[Index]]


class Store(Protocol):
    """One attempt at a transaction."""

    async def read(self, collection: str, ids: Collection[str]) -> dict[str, Document]: ...

    async def find(
        self, collection: str, equal: Document, order: Order = (), limit: int | None = None
    ) -> list[Document]:
        """`equal` takes equalities, and $in."""
        ...

    async def write(self, writes: Sequence[Write]) -> None: ...


class Database(Protocol):
    async def transact(self, attempt: Callable[[Store], Awaitable[R]]) -> R:
        """Run, commit, and run again on a conflict or a unique index until the budget ends. Raises Unavailable."""
        ...


class Reads(Protocol):
    """The read side: outside transactions, past the domain.

    `where` takes equality (against an array: membership) and $lt $lte $gt $gte $ne $in $nin $exists;
    field names may be dotted; ids are strings.
    """

    async def select(
        self, collection: str, where: Document, *, fields: Sequence[str] = (), order: Order = BY_ID, limit: int = 100
    ) -> list[Document]: ...

    async def count(self, collection: str, where: Document) -> int: ...
