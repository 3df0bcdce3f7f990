"""What a fact looks like in code. Producers subclass Event, consumers IncomingEvent."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact of ours: `topic` and `key_field` say where it goes, `event_type` what it is called on the wire."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str]

    @property
    def key(self) -> str:
        return str(getattr(self, self.key_field))

    def encoded(self) -> bytes | None:
        return self.model_dump_json().encode()


class Part(BaseModel):
    """A structured piece of a fact, such as one session of a timetable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StateEvent(Event):
    """The full current state of one thing, on a compacted topic: a later one replaces all earlier ones."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What `kind` says of this key is erased, for good: emitted like an event, a record without a value on the wire.

    It outranks every state of the key, whatever their numbers, so that a key is never told of again.
    """

    kind: type[StateEvent]
    key: str

    @property
    def event_type(self) -> str:
        return self.kind.event_type

    @property
    def topic(self) -> str:
        return self.kind.topic

    def encoded(self) -> bytes | None:
        return None


class IncomingEvent(BaseModel):
    """The part of someone else's fact that we need: unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]
    topic: ClassVar[str]


class IncomingState(IncomingEvent):
    """The same for a state topic: a higher sequence replaces, a lower one is ignored, gaps are compaction."""
