"""What a service reacts to: per type of event what it copies and what it then does, and what it does not know."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic

from common import inbox
from common.envelope import Envelope
from common.event import IncomingEvent, IncomingState
from common.store import Database, Store, Write
from common.transaction import T

SUBSCRIBED = "subscribed"

Reaction = Callable[[Any, T], Awaitable[None]]
Ahead = Callable[[Any, T], None]
Gone = Callable[[str, T], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription(Generic[T]):
    """`copy` writes declared copies of others' data and tells nothing, so that a rebuild can run it again from the
    first event; `react` decides and tells, and never runs twice for an event. `gone` is handed the key of a state that
    was erased, and removes the copy, which may not be there."""

    copy: Reaction[T] | None = None
    react: Reaction[T] | None = None
    gone: Gone[T] | None = None

    async def apply(self, event: IncomingEvent, tx: T) -> None:
        if self.copy:
            await self.copy(event, tx)
        if self.react:
            await self.react(event, tx)


Subscriptions = Mapping[type[IncomingEvent], Reaction[T] | Subscription[T]]
ReadsAhead = Mapping[type[IncomingEvent], Ahead[T]]


def subscription(one: Reaction[T] | Subscription[T]) -> Subscription[T]:
    """A bare reaction copies nothing."""
    return one if isinstance(one, Subscription) else Subscription(react=one)


class UnknownVersion(Exception):
    """A subscribed fact came in a version, or a listed type, that this code does not know."""


class Subscribed(Generic[T]):
    """The subscriptions of a service, by what stands on an envelope.

    `listed` are the types that the newest set-up knows: an older process that meets one it lacks must not skip it.
    `ahead` says what reacting to a fact of a class, or of one derived from it, will read (`Repository.expect`), so that
    a batch reads it together.
    """

    def __init__(self, subscriptions: Subscriptions[T], ahead: ReadsAhead[T] | None = None) -> None:
        self._ahead = {
            kind: expect for base, expect in (ahead or {}).items() for kind in subscriptions if issubclass(kind, base)
        }
        self._known = {(kind.topic, kind.event_type): (kind, subscription(one)) for kind, one in subscriptions.items()}
        self._names = {(kind.topic, _name(kind.event_type)) for kind in subscriptions}
        self._states = {kind.topic for kind in subscriptions if issubclass(kind, IncomingState)}
        self._gone = {kind.topic: one.gone for kind, one in self._known.values() if one.gone}
        self.listed: frozenset[str] = frozenset()

    async def set_up(self, database: Database) -> None:
        """At set-up: these types and no others are now reacted to by this service."""

        async def attempt(store: Store) -> None:
            known = {row["_id"]: row["version"] for row in await store.find(SUBSCRIBED, {})}
            gone = [Write(SUBSCRIBED, id, known[id], known[id], None) for id in known.keys() - set(self.types)]
            new = [Write(SUBSCRIBED, id, 0, 1, {}) for id in self.types if id not in known]
            if gone or new:
                await store.write([*gone, *new])

        await database.transact(attempt)
        await inbox.set_up(database)

    @property
    def topics(self) -> list[str]:
        return sorted({topic for topic, _ in self._known})

    @property
    def types(self) -> list[str]:
        return sorted({event_type for _, event_type in self._known})

    def is_state(self, topic: str) -> bool:
        return topic in self._states

    def find(self, envelope: Envelope) -> tuple[type[IncomingEvent], Subscription[T]] | None:
        """None: nobody here is interested. Raises UnknownVersion."""
        if known := self._known.get((envelope.topic, envelope.type)):
            return known
        if (envelope.topic, _name(envelope.type)) in self._names or envelope.type in self.listed:
            raise UnknownVersion(envelope.type)
        return None

    def parsed(self, envelope: Envelope) -> IncomingEvent | None:
        """None when nobody is interested, or when applying it will be refused."""
        known = self._known.get((envelope.topic, envelope.type))
        if known and envelope.data is not None:
            with suppress(ValueError):
                return known[0].model_validate_json(envelope.data)
        return None

    def read_ahead(self, event: IncomingEvent, tx: T) -> None:
        if expect := self._ahead.get(type(event)):
            expect(event, tx)

    async def apply(self, envelope: Envelope, tx: T, event: IncomingEvent | None = None) -> bool:
        """Whether anybody was interested; `event` is what `parsed` said, if it was asked. Raises UnknownVersion,
        ValueError, and whatever a reaction does."""
        if (known := self.find(envelope)) is None:
            return False
        kind, subscription = known
        await subscription.apply(event or kind.model_validate_json(envelope.data or b""), tx)
        return True

    async def erase(self, envelope: Envelope, tx: T) -> bool:
        """By a tombstone, whatever version of the state it is of. Whether anybody was interested."""
        if (gone := self._gone.get(envelope.topic)) is None:
            return False
        await gone(envelope.key, tx)
        return True

    async def copy(self, envelope: Envelope, tx: T) -> bool:
        """What a rebuild repeats of `apply`: whether there was anything to copy. Raises the same."""
        if (known := self.find(envelope)) is None or known[1].copy is None:
            return False
        kind, subscription = known
        assert subscription.copy
        await subscription.copy(kind.model_validate_json(envelope.data or b""), tx)
        return True


def _name(event_type: str) -> str:
    return event_type.rpartition(".v")[0]
