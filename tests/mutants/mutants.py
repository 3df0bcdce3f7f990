"""The safeguards, each with the patch that switches it off and the test that must then fail."""

from dataclasses import dataclass

COMMON = "libs/common/src/common"


@dataclass(frozen=True, slots=True)
class Mutant:
    """`before` stands in `file` exactly once and is replaced by `after`; `test` is a pytest node id."""

    name: str
    file: str
    before: str
    after: str
    test: str


MUTANTS = (
    Mutant(
        name="the inbox",
        file=f"{COMMON}/consumer.py",
        before="match await inbox.take(envelope, tx, state=self.subscribed.is_state(envelope.topic)):",
        after='match "apply":',
        test="tests/unit/common/test_consumer.py::test_a_redelivered_batch_changes_nothing",
    ),
    Mutant(
        name="the transaction around the outbox",
        file=f"{COMMON}/transactions.py",
        before="""\
            writes = [*group.tx.writes(), *group.entries(members, envelopes), *rows]
            if writes:
                await store.write(writes)
            written[:] = writes
            return group.outcomes, envelopes, group.blocked

        try:
            outcomes, told, blocked = await self._database.transact(attempt)
""",
        after="""\
            writes = [*group.tx.writes(), *group.entries(members, envelopes)]
            if writes:
                await store.write(writes)
            written[:] = writes
            beside[:] = rows
            return group.outcomes, envelopes, group.blocked

        beside: list[Write] = []
        try:
            outcomes, told, blocked = await self._database.transact(attempt)
            if beside:
                await self._database.transact(lambda store: store.write(beside))
""",
        test="tests/unit/common/test_dying.py"
        "::test_a_process_that_dies_right_after_a_commit_has_left_the_event_with_its_effect",
    ),
    Mutant(
        name="positions noted with the work",
        file=f"{COMMON}/consumer.py",
        before="        done, held = 0, None\n",
        after="""\
        last = records[-1]
        note = partial(inbox.advance, last.topic, last.partition, last.offset + 1)
        await self._transactions.run(note, cause=self._cause(incoming[-1].envelope, incoming[-1].span))
        done, held = 0, None
""",
        test="tests/unit/common/test_dying.py::test_what_a_process_died_over_is_read_again_by_the_next",
    ),
    Mutant(
        name="snapshot reads in the relay",
        file=f"{COMMON}/mongo.py",
        before="for row in await self.transact(read)]",
        after='for row in await self.select(outbox.COLLECTION, {"stream": {"$in": sorted(streams)}}, limit=limit)]',
        test="tests/integration/test_one_instant.py"
        "::test_the_relay_reads_one_instant_whatever_is_deleted_during_the_scan",
    ),
    Mutant(
        name="key order in the relay",
        file=f"{COMMON}/relay.py",
        before="        known = {stream for stream, fresh in woken.items() if self._follows(fresh)}\n",
        after="        known = {stream for stream, fresh in woken.items() if fresh}\n",
        test="tests/unit/common/test_relay.py::test_after_an_outage_the_next_event_does_not_overtake_those_that_wait",
    ),
    Mutant(
        name="the seat version guard",
        file=f"{COMMON}/mongo_store.py",
        before='return {"_id": write.id, "version": write.expected}',
        after='return {"_id": write.id}',
        test="tests/integration/test_seat_guard.py::test_whoever_saw_the_last_seat_free_before_another_took_it_waits",
    ),
    Mutant(
        name="the day guards",
        file="services/scheduling/src/scheduling/application/booking.py",
        before="    for guard_id in {guard_id for _, _, ids in needed for guard_id in ids}:\n",
        after="    for guard_id in ():\n",
        test="tests/unit/scheduling/test_booking.py::test_of_two_planners_who_release_one_room_at_once_one_wins",
    ),
    Mutant(
        name="the re-check before sending",
        file="services/notifications/src/notifications/application/sending.py",
        before="verdict = recheck(delivery, known, tx.now, impatient=delivery.impatient(command.real_now))",
        after="verdict = None",
        test="tests/unit/notifications/test_sending.py::test_what_became_untrue_between_two_attempts_is_not_said",
    ),
)
