"""Running use cases: each once, all or nothing, its events durable with its effect."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Generic, Protocol

from common import once, outbox
from common.cause import Cause
from common.envelope import Envelope
from common.gate import Gate
from common.ids import Ids
from common.once import Once
from common.problem import Problem, Unavailable
from common.remembered import Remembered
from common.store import Database, Document, Store, Write
from common.transaction import Behind, Member, Outcome, R, T, TooManyWrites, Undo

MOST_WRITES = 1_000


class Wakes(Protocol):
    def wake(self, committed: Sequence[Envelope]) -> None: ...


class Transactions(Generic[T]):
    """The one way to run a use case. `source` goes on the wire; `gate` may say that nothing is decided now."""

    def __init__(
        self, database: Database, face: Callable[[Store, Ids], T], source: str, relay: Wakes, gate: Gate | None = None
    ) -> None:
        self._database, self._face, self._source, self._relay, self._gate = database, face, source, relay, gate
        self._remembered = Remembered()

    async def run(
        self,
        work: Callable[[T], Awaitable[R]],
        *,
        cause: Cause,
        once: Once | None = None,
        dry_run: bool = False,
    ) -> R:
        [outcome] = await self.run_group([Member(work, cause, once, dry_run)])
        return outcome.unwrap()

    async def run_group(self, members: Sequence[Member[T, R]]) -> list[Outcome[R]]:
        """All members in order, in as few transactions as their size allows; a refused one leaves nothing.

        Raises Unavailable when the database is away or a commit's outcome is unknown. An unexpected exception of
        one member must not refuse the others: they run again one by one, and it stands in that member's outcome.
        """
        outcomes: list[Outcome[R]] = []
        blocked: set[str] = set()
        while rest := members[len(outcomes) :]:
            try:
                outcomes += await self._transact(rest, blocked)
            except Unavailable:
                raise
            except Exception as error:
                if len(rest) == 1:
                    outcomes.append(Outcome(error=error))
                    continue
                for member in rest:
                    if member.line in blocked:
                        outcomes.append(Outcome(error=Behind()))
                        continue
                    [outcome] = await self.run_group([member])
                    if outcome.error and member.line:
                        blocked.add(member.line)
                    outcomes.append(outcome)
        return outcomes

    async def _transact(self, members: Sequence[Member[T, R]], before: set[str]) -> list[Outcome[R]]:
        """Commits as many of the first members as fit."""
        ids, tries = Ids(), count()
        written: list[Write] = []

        async def attempt(store: Store) -> tuple[list[Outcome[R]], list[Envelope], set[str]]:
            group = await self._decided(store, ids, members, before, hopeful=next(tries) == 0)
            if self._gate:
                await self._gate.check()  # after everything was read, and before anything is written
            rows, envelopes = await outbox.number(group.store, group.tx.told, self._source)
            writes = [*group.tx.writes(), *group.entries(members, envelopes), *rows]
            if writes:
                await store.write(writes)
            written[:] = writes
            return group.outcomes, envelopes, group.blocked

        try:
            outcomes, told, blocked = await self._database.transact(attempt)
        except BaseException:
            self._remembered.forget()
            raise
        self._remembered.keep(written)
        before |= blocked
        if told:
            self._relay.wake(told)
        return outcomes

    async def _decided(
        self, store: Store, ids: Ids, members: Sequence[Member[T, R]], before: set[str], *, hopeful: bool
    ) -> "_Group[T, R]":
        """Hopeful: as if no command had come before and plumbing rows stood as remembered. Commits notice where that
        is wrong; refusals do not, so they are looked at again."""
        if hopeful:
            remembering = self._remembered.over(store)
            group = await self._decide(remembering, ids.again(), members, before, {}, hopeful=True)
            refused = [m for m, o in zip(members, group.outcomes, strict=False) if o.error]
            guessed = remembering.trusted or group.tx.hoped
            if not refused or not (guessed or await once.seen(store, _kept(refused))):
                return group
        return await self._decide(store, ids.again(), members, before, await once.seen(store, _kept(members)))

    async def _decide(
        self,
        store: Store,
        ids: Ids,
        members: Sequence[Member[T, R]],
        before: set[str],
        done: dict[str, Document],
        *,
        hopeful: bool = False,
    ) -> "_Group[T, R]":
        tx = self._face(store, ids)
        tx.hopeful = hopeful
        group = _Group[T, R](store, tx, blocked=set(before))
        for number, member in enumerate(members):
            if member.ahead:
                tx.speak_for(number, member.cause)
                await member.ahead(tx)
        for number, member in enumerate(members):
            with tx.on_behalf_of(number, member.cause, keep=not member.dry_run) as undo:
                outcome = await self._outcome(tx, member, done, group.blocked, undo)
                if tx.size + len(group.keyed) > MOST_WRITES and not member.dry_run:
                    undo()
                    if not group.outcomes:
                        raise TooManyWrites(f"{tx.size} documents")
                    break
            if outcome.error and member.line:
                group.blocked.add(member.line)
            if member.once and not (outcome.error or outcome.repeated or member.dry_run):
                done[member.once.id] = once.entry(member.once, outcome.result, ()).fields or {}
                group.keyed[member.once.id] = outcome
            group.outcomes.append(outcome)
        return group

    async def _outcome(
        self, tx: T, member: Member[T, R], done: Mapping[str, Document], blocked: set[str], undo: Undo
    ) -> Outcome[R]:
        if member.line in blocked:
            return Outcome(error=Behind())
        try:
            if member.once and not member.dry_run and member.once.id in done:
                row = done[member.once.id]
                kept: Any = once.answer(row, member.once)
                return Outcome(kept, repeated=True, positions=tuple(row["positions"]))
            return Outcome(await member.work(tx))
        except Unavailable:
            raise
        except Problem as problem:
            undo()
            return Outcome(error=problem)


@dataclass(slots=True)
class _Group(Generic[T, R]):
    """What one attempt came to. `keyed` are the outcomes by their Idempotency-Key, which twins in this very group
    repeat."""

    store: Store
    tx: T
    blocked: set[str]
    outcomes: list[Outcome[R]] = field(default_factory=list)
    keyed: dict[str, Outcome[R]] = field(default_factory=dict)

    def entries(self, members: Sequence[Member[T, R]], told: Sequence[Envelope]) -> list[Write]:
        """The rows of the Idempotency-Keys, now that it is known where each member's events stand."""
        positions: dict[int, list[str]] = {}
        for one, envelope in zip(self.tx.told, told, strict=True):
            positions.setdefault(one.member, []).append(envelope.position)
        entries = []
        for number, (member, outcome) in enumerate(zip(members, self.outcomes, strict=False)):
            if outcome.error or member.dry_run:
                continue
            if outcome.repeated:
                if member.once and (twin := self.keyed.get(member.once.id)):
                    outcome.positions = twin.positions
                continue
            outcome.positions = tuple(positions.get(number, ()))
            if member.once:
                entries.append(once.entry(member.once, outcome.result, outcome.positions))
        return entries


def _kept(members: Sequence[Member[T, R]]) -> list[Once]:
    return [member.once for member in members if member.once and not member.dry_run]
