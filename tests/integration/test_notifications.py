"""Notifications on the real broker, the real database and a real SMTP server, as its worker runs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from common.auth import Verifier
from common.clock import real_now
from common.envelope import Envelope as Fact
from common.event import IncomingEvent
from common.kafka import KafkaIntake
from common.kafka_producer import KafkaProducer
from common.kafka_topics import set_up_topics
from common.mongo import MongoDatabase
from common.topics import Topic
from notifications import bootstrap
from notifications.adapters.links import Ed25519Signer
from notifications.adapters.mongo import INDEXES
from notifications.adapters.previews import Previews
from notifications.adapters.smtp import SmtpMailer
from notifications.application import incoming as f
from notifications.application.ports import AnswerLost, NotTaken, Refused
from notifications.application.queries import NoticeFilter, NoticeRow
from notifications.application.runtime import WaysOut
from notifications.worker.sender import Pace, Sender
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.unit.notifications import facts
from tests.unit.notifications.facts import Place, a_person, a_session
from tests.unit.notifications.world import COORDINATOR, KEY, PUBLIC_URL, WRITER, Phones, events, parsed, text_of

TOPICS = [
    Topic("enrolment-events", 6),
    Topic("scheduling-events", 6),
    Topic("people", 6, "compact"),
    Topic("courses", 3, "compact"),
    Topic("campuses", 1, "compact"),
]


class Server:
    """A mail server that takes mails, or does what it is told to do instead."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.hangs_up_once_on: str | None = None
        self.port = 0

    async def handle_RCPT(  # noqa: N802  its library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = self.data.pop(0) if self.data else "250 taken"
        if self.hangs_up_once_on in envelope.rcpt_tos:
            self.hangs_up_once_on, said = None, "hang up"
        if said.startswith("250") or said == "hang up":
            assert isinstance(envelope.content, bytes)
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        if said == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return said


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    handler = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(handler, enable_SMTPUTF8=True), "127.0.0.1", 0)
    handler.port = listening.sockets[0].getsockname()[1]
    yield handler
    listening.close()


class Running:
    """A worker's consumer and loops on a database of their own; facts are published as their owners would."""

    def __init__(self, parts: System, server: Server, database: MongoDatabase) -> None:
        self.brokers, self.database = parts.urls()["kafka"], database
        self.producer, self.phones = KafkaProducer(self.brokers), Phones()
        self.service, _ = bootstrap.wire(
            database, self.producer, real_now, Verifier([], "sangam"), Previews(WRITER, PUBLIC_URL)
        )
        self.ways_out = WaysOut(
            mailer=SmtpMailer("127.0.0.1", server.port, "sangam@training.example"),
            sms=self.phones,
            writer=WRITER,
            signer=Ed25519Signer(KEY),
            public_url=PUBLIC_URL,
        )
        self.tasks: list[asyncio.Task[None]] = []
        self.sequences: dict[tuple[str, str], int] = {}

    def start(self, pace: Pace | None = None) -> Sender:
        sender, fanouts, consumer = bootstrap.loops(self.service, self.ways_out, pace)
        consumer.group = f"notifications-{uuid4().hex[:8]}"
        self.intake = KafkaIntake(self.brokers, consumer, self.database)
        self.tasks = [asyncio.create_task(run()) for run in (self.intake.run, sender.run, fanouts.run)]
        return sender

    async def stop(self) -> None:
        if self.tasks:
            self.intake.stop()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []

    async def publish(self, event: IncomingEvent, key: str) -> None:
        number = self.sequences[event.topic, key] = self.sequences.get((event.topic, key), 0) + 1
        fact = Fact(
            id=uuid4(),
            type=event.event_type,
            source="/sangam/test",
            time=real_now(),
            topic=event.topic,
            key=key,
            sequence=number,
            correlation_id=uuid4(),
            causation_id=uuid4(),
            traceparent=None,
            data=event.model_dump_json().encode(),
        )
        await self.producer.send([fact])

    async def offering(self, person: f.PersonRecorded, session: dict[str, Any]) -> UUID:
        """Everything that a confirmation rests on."""
        offering, course = uuid4(), facts.a_course(course_id=uuid4())
        await self.publish(facts.a_campus(), "puducherry")
        await self.publish(course, str(course.course_id))
        await self.publish(person, str(person.person_id))
        await self.publish(facts.a_draft(offering, course_id=course.course_id), str(offering))
        await self.publish(facts.a_release(offering, session), str(offering))
        return offering

    async def sent(self, person: f.PersonRecorded, purpose: str) -> NoticeRow:
        page = await self.service.queries.list_notices(
            COORDINATOR, NoticeFilter(person_id=person.person_id, purpose=purpose, state="sent"), limit=10, after=None
        )
        assert page.items
        return page.items[0]


@pytest.fixture
async def running(parts: System, server: Server) -> AsyncIterator[Running]:
    await set_up_topics(parts.urls()["kafka"], TOPICS, 1)
    database = MongoDatabase(parts.mongo_url(), f"notifications_{uuid4().hex[:12]}")
    await database.set_up(INDEXES)
    made = Running(parts, server, database)
    yield made
    await made.stop()
    await made.producer.stop()
    database.close()


def later_session() -> dict[str, Any]:
    return a_session(start=real_now().replace(microsecond=0) + 14 * 24 * facts.HOUR)


@pytest.mark.rule("M-10")
async def test_from_a_fact_on_the_broker_to_a_mail_with_its_invitation(running: Running, server: Server) -> None:
    running.start()
    person, session = a_person("ta"), later_session()
    offering = await running.offering(person, session)

    await running.publish(Place(offering, person.person_id).told(f.EnrolmentConfirmed), str(offering))

    row = await eventually(lambda: running.sent(person, "confirmed"), timeout=40)
    [message] = [content for to, content in server.taken if to == person.email]
    mail = parsed(message)
    assert "உறுதி" in text_of(mail)
    assert [(method, sequence) for method, _, sequence, _ in events(mail)] == [("REQUEST", 0)]
    assert row.deliveries[0].provider_reference == mail["Message-ID"]
    assert row.deliveries[1].provider_reference in {sms["reference"] for sms in running.phones.taken}


@pytest.mark.rule("M-01", "I1")
async def test_the_same_facts_published_again_send_nothing_more(running: Running, server: Server) -> None:
    running.start()
    person, session = a_person(), later_session()
    offering = await running.offering(person, session)
    place = Place(offering, person.person_id)
    confirmed, withdrawn = place.told(f.EnrolmentConfirmed), place.told(f.EnrolmentWithdrawn)
    await running.publish(confirmed, str(offering))
    await eventually(lambda: running.sent(person, "confirmed"), timeout=40)

    running.sequences["enrolment-events", str(offering)] -= 1
    await running.publish(confirmed, str(offering))
    await running.publish(withdrawn, str(offering))

    await eventually(lambda: running.sent(person, "withdrawn"), timeout=40)
    subjects = [parsed(content)["Subject"] for to, content in server.taken if to == person.email]
    assert [subject.partition(":")[0] for subject in subjects] == ["Confirmed", "Withdrawn"]


@pytest.mark.rule("M-12", "N1")
async def test_a_lost_answer_repeats_the_mail_in_the_same_bytes(running: Running, server: Server) -> None:
    person = a_person(phone=None)
    server.hangs_up_once_on = person.email
    running.start()
    offering = await running.offering(person, later_session())

    await running.publish(Place(offering, person.person_id).told(f.EnrolmentConfirmed), str(offering))

    row = await eventually(lambda: running.sent(person, "confirmed"), timeout=40)
    first, second = [content for to, content in server.taken if to == person.email]
    assert first == second
    assert {(d.channel, d.lost_answers) for d in row.deliveries} == {("email", 1), ("sms", 0)}


@pytest.mark.rule("N1")
async def test_two_workers_on_one_database_hand_each_message_over_once(running: Running, server: Server) -> None:
    people = [a_person() for _ in range(30)]
    offering = await running.offering(people[0], later_session())
    for person in people[1:]:
        await running.publish(person, str(person.person_id))
    others = [Sender(running.service.transactions, running.ways_out, real_now, pace=Pace(sweep=0.05)) for _ in range(2)]
    running.start(Pace(sweep=0.05))
    running.tasks += [asyncio.create_task(other.run()) for other in others]

    for person in people:
        await running.publish(Place(offering, person.person_id).told(f.EnrolmentConfirmed), str(offering))

    async def all_sent() -> bool:
        return await running.database.count("notices", {"state": "sent", "offering_id": offering}) == len(people)

    await eventually(all_sent, timeout=60)
    addresses = {str(person.email) for person in people}  # a new group also reads the facts of other tests
    assert sorted(to for to, _ in server.taken if to in addresses) == sorted(addresses)
    references = [sms["reference"] for sms in running.phones.taken]
    assert len(references) == len(set(references)) >= len(people)


async def test_the_indexes_hold_two_sendings_of_one_line_apart(running: Running) -> None:
    await running.database.set_up(INDEXES)

    found = await running.database._database["deliveries"].index_information()

    assert found["one_sending"]["unique"]
    assert dict(found["one_sending"]["partialFilterExpression"]) == {"state": "sending"}


MESSAGE = b"Subject: x\r\n\r\nx\r\n"


async def test_a_kept_connection_that_died_is_replaced_without_a_word(server: Server) -> None:
    mailer = SmtpMailer("127.0.0.1", server.port, "sangam@training.example")
    await mailer.send("a@example.org", MESSAGE)
    mailer._idle[0].transport.abort()  # type: ignore[union-attr]

    await mailer.send("b@example.org", MESSAGE)

    assert [to for to, _ in server.taken] == ["a@example.org", "b@example.org"]
    await mailer.close()


@pytest.mark.rule("M-12")
@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        ("550 no such user", None, Refused("smtp-550")),
        ("450 try later", None, NotTaken("smtp-450")),
        (None, "554 refused", Refused("smtp-554")),
        (None, "451 later", NotTaken("smtp-451")),
        (None, "hang up", AnswerLost("answer-lost")),
    ],
)
async def test_what_the_server_says_decides_what_happens_next(
    server: Server, rcpt: str | None, data: str | None, expected: Exception
) -> None:
    server.rcpt += [rcpt] if rcpt else []
    server.data += [data] if data else []
    mailer = SmtpMailer("127.0.0.1", server.port, "sangam@training.example")

    with pytest.raises(type(expected)) as caught:
        await mailer.send("a@example.org", MESSAGE)

    assert caught.value.reason == expected.args[0]  # type: ignore[attr-defined]
    await mailer.send("b@example.org", MESSAGE)
    await mailer.close()


@pytest.mark.rule("M-12")
async def test_who_waited_in_vain_for_a_connection_was_certainly_not_taken(server: Server) -> None:
    mailer = SmtpMailer("127.0.0.1", server.port, "sangam@training.example", most=1, open_s=0.2)
    async with mailer._room:
        with pytest.raises(NotTaken, match="server-busy"):
            await mailer.send("a@example.org", MESSAGE)

    mailer._open_s = 20
    await mailer.send("b@example.org", MESSAGE)

    assert [to for to, _ in server.taken] == ["b@example.org"]
    await mailer.close()


async def test_a_server_that_is_away_has_certainly_taken_nothing() -> None:
    with pytest.raises(NotTaken, match="server-away"):
        await SmtpMailer("127.0.0.1", 1, "sangam@training.example").send("a@example.org", MESSAGE)


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nDATA", "<a@b>", "a b@c"])
async def test_an_address_that_is_none_is_refused_for_good(server: Server, address: str) -> None:
    with pytest.raises(Refused, match="bad-address"):
        await SmtpMailer("127.0.0.1", server.port, "sangam@training.example").send(address, MESSAGE)
    assert server.taken == []
