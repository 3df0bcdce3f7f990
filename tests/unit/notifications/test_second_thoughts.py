"""N1 and N2 when mails fail or are lost while people and planners change their minds: calendars end at the truth, and
what comes again is the same."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.event import IncomingEvent
from notifications.application import incoming as f
from notifications.application.ports import AnswerLost, HandOverFailed, NotTaken
from notifications.domain.copies import SEATED

from .calendars import Held, calendars, quiet
from .facts import HOUR, MONDAY, Place, a_cancelled_session, a_draft, a_move, a_person, a_release, a_session
from .world import LostOnTheWay, World

FAILURES: dict[str, HandOverFailed] = {
    "refused": NotTaken("smtp-451"),
    "lost after it came": AnswerLost("answer-lost"),
    "lost before it came": LostOnTheWay("answer-lost"),
}


class Wavering:
    """One person's place, and two sessions that are moved about; `state` is as enrolment has it."""

    def __init__(self) -> None:
        self.offering, self.person, self.teacher = uuid4(), a_person(), a_person()
        led = {"facilitators": [self.teacher.person_id]}
        self.sessions = [a_session(1, **led), a_session(2, MONDAY + 48 * HOUR, **led)]
        self.place = Place(self.offering, self.person.person_id)
        self.state = "none"
        self.schedule = 1

    @property
    def truth(self) -> list[set[Held]]:
        """What the calendars must end at: the person's, and that of who leads all sessions."""
        sessions = {Held(session["session_id"], session["start"]) for session in self.sessions}
        return [sessions if self.state in SEATED else set(), sessions]

    def steps(self) -> list[str]:
        """What may happen next."""
        by_state = {
            "none": ["confirm", "wait"],
            "waitlisted": ["confirm", "withdraw"],
            "confirmed": ["withdraw"],
            "reconfirm_pending": ["withdraw", "reconfirm"],
            "withdrawn": ["confirm", "wait"],
        }
        others = ["shift", "move", "relabel"] + (["cancel"] if len(self.sessions) == 2 else [])
        return by_state[self.state] + others

    def do(self, step: str, which: int, start: datetime) -> list[IncomingEvent]:
        """The facts that tell of it."""
        match step:
            case "confirm":
                self.state = "confirmed"
                return [self.place.told(f.EnrolmentConfirmed, schedule_revision=self.schedule)]
            case "wait":
                self.state = "waitlisted"
                return [self.place.told(f.EnrolmentWaitlisted)]
            case "withdraw":
                self.state = "withdrawn"
                return [self.place.told(f.EnrolmentWithdrawn)]
            case "reconfirm":
                self.state = "confirmed"
                return [self.place.told(f.EnrolmentReconfirmed)]
            case "relabel":
                return [f.OfferingChanged(**a_draft(self.offering, label=f"MT {start:%d} {which}").model_dump())]
            case "cancel":
                session = self.sessions.pop(which % 2)
                self.schedule += 1
                return [a_cancelled_session(self.offering, session, session["revision"] + 1,
                                            schedule_revision=self.schedule)]  # fmt: skip
        return self._moved(self.sessions[which % len(self.sessions)], start, material=step == "move")

    def _moved(self, session: dict[str, Any], start: datetime, *, material: bool) -> list[IncomingEvent]:
        self.schedule += 1
        revision = session["revision"] + 1
        told: list[IncomingEvent] = [
            a_move(self.offering, session, start, material=material, revision=revision, schedule_revision=self.schedule)
        ]
        session |= {"revision": revision, "start": start, "end": start + 3 * HOUR}
        if material and self.state in SEATED:
            self.state = "reconfirm_pending"
            asked = {"session_id": session["session_id"], "session_revision": revision}
            told.append(self.place.told(f.ReconfirmationAsked, schedule_revision=self.schedule, **asked))
        return told


@pytest.mark.rule("N1", "N2", "M-03", "M-10", "M-12")
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_calendars_end_at_the_truth_whatever_fails_on_the_way(data: st.DataObject) -> None:
    asyncio.run(_play(data))


async def _play(data: st.DataObject) -> None:
    world, case = World(), Wavering()
    await world.prepared(case.person, case.teacher, offering=case.offering)
    await world.told(a_release(case.offering, *case.sessions))
    for _ in range(data.draw(st.integers(1, 10))):
        world.now += timedelta(seconds=data.draw(st.sampled_from([1, 90, -90])))  # clocks differ
        step = data.draw(st.sampled_from([*case.steps(), "send", "send"]))
        if step == "send":
            some = st.lists(st.sampled_from([None, *FAILURES]), max_size=3)
            world.mailbox.next = [FAILURES[name] if name else None for name in data.draw(some)]
            world.phones.next = [FAILURES[name] if name else None for name in data.draw(some)]
            await world.later(timedelta(seconds=data.draw(st.sampled_from([0, 3, 40]))))
        else:
            start = MONDAY + data.draw(st.integers(0, 3)) * 24 * HOUR
            await world.told(*case.do(step, data.draw(st.integers(0, 1)), start))
    world.mailbox.next, world.phones.next = [], []
    await world.later(timedelta(minutes=6))
    await quiet(world)

    same: dict[str, set[bytes]] = defaultdict(set)
    for (_, message), mail in zip(world.mailbox.taken, world.mailbox.mails, strict=True):
        same[mail["Message-ID"]].add(message)
    assert [len(messages) for messages in same.values()] == [1] * len(same), "M-12: in the same bytes"
    held = calendars(world)
    assert [held[case.person.person_id], held[case.teacher.person_id]] == case.truth
