"""What a use case is handed: the time, an id, repositories; and how a piece of work goes into a transaction."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from common import outbox
from common.cause import Cause
from common.event import Event, Tombstone
from common.ids import Ids
from common.once import Once
from common.problem import Problem
from common.repository import A, Repository
from common.store import Store, Write

R = TypeVar("R")
T = TypeVar("T", bound="Transaction")


class Transaction:
    """What every use case may ask: the time, an id, a repository; and the facts it wants told."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store, self._ids = store, ids
        self._cause: Cause | None = None
        self._member = 0
        self._repositories: dict[str, Repository[Any]] = {}
        self._told: list[outbox.Told] = []
        self._streams: Counter[str] = Counter()
        self.hopeful = False

    @property
    def cause(self) -> Cause:
        assert self._cause, "a use case runs for a cause"
        return self._cause

    @property
    def now(self) -> datetime:
        return self.cause.at

    def new_id(self) -> UUID:
        return self._ids.next()

    def emit(self, event: Event | Tombstone) -> None:
        told = outbox.Told(self.new_id(), event, self.cause, self._member, f"{event.topic}/{event.key}")
        self._told.append(told)
        self._streams[told.stream] += 1

    def repository(self, kind: type[A], collection: str) -> Repository[A]:
        if collection not in self._repositories:
            self._repositories[collection] = Repository(self._store, kind, collection, hopeful=self.hopeful)
        return self._repositories[collection]

    def speak_for(self, number: int, cause: Cause) -> None:
        self._member, self._cause = number, cause

    @contextmanager
    def on_behalf_of(self, number: int, cause: Cause, *, keep: bool = True) -> "Iterator[Undo]":
        """For one member of a group: its cause, and on a refusal (or a dry run) nothing of it stays."""
        self.speak_for(number, cause)
        marks = {name: repository.begin() for name, repository in self._repositories.items()}
        undo = Undo(self, marks, len(self._told))
        try:
            yield undo
        except BaseException:
            undo()
            raise
        if not keep:
            undo()

    def writes(self) -> list[Write]:
        """In (collection, id) order, so that two transactions meet in the same order."""
        found = [write for repository in self._repositories.values() for write in repository.writes()]
        return sorted(found, key=lambda write: (write.collection, write.id))

    @property
    def hoped(self) -> bool:
        return any(repository.hoped for repository in self._repositories.values())

    @property
    def told(self) -> Sequence[outbox.Told]:
        return self._told

    @property
    def touched(self) -> frozenset[str]:
        """The collections in which something is to be written."""
        return frozenset(name for name, repository in self._repositories.items() if repository.dirty)

    @property
    def size(self) -> int:
        """How many documents the commit would write."""
        dirty = sum(repository.dirty for repository in self._repositories.values())
        return dirty + len(self._told) + len(self._streams)


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back what one member did, whole."""

    tx: Transaction
    marks: dict[str, int]
    told: int

    def __call__(self) -> None:
        for name, repository in self.tx._repositories.items():
            repository.rewind(self.marks.get(name, 0))
        for told in self.tx._told[self.told :]:
            self.tx._streams[told.stream] -= 1
            if not self.tx._streams[told.stream]:
                del self.tx._streams[told.stream]
        del self.tx._told[self.told :]


@dataclass(frozen=True, slots=True)
class Member(Generic[T, R]):
    """One piece of work for a transaction, alone or in a group.

    `ahead` says what the work will read (`Repository.expect`), before any member of the group decides, so that a group
    reads it together; without it the work is right too, and slower.
    """

    work: Callable[[T], Awaitable[R]]
    cause: Cause
    once: Once | None = None
    dry_run: bool = False
    line: str | None = None  # a refused member holds back those behind it in its line
    ahead: Callable[[T], Awaitable[None]] | None = None


@dataclass(slots=True)
class Outcome(Generic[R]):
    """What became of a member; `positions` are those of the events it told, `topic:key:sequence`."""

    result: R | None = None
    error: Exception | None = None
    repeated: bool = False
    positions: tuple[str, ...] = ()

    def unwrap(self) -> R:
        if self.error:
            raise self.error
        return self.result  # type: ignore[return-value]


class Behind(Problem):
    """An earlier event of the same key could not be applied."""


class TooManyWrites(Exception):
    """One use case wants to write more documents than a transaction may: it must work in chunks."""
