"""The system as seen from outside: HTTP, a plain consumer from offset 0, the sinks' logs, a dump of the databases.

Nothing here is written with the services' code; the checker gets only what stands in a View, and the history.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from aiokafka import ConsumerRecord
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from sangam_local.mailbox import Invitation, parse
from sangam_local.parts import SERVICES
from tests.faults.client import Client
from tests.faults.ground import Ground
from tests.faults.institute import Institute
from tests.faults.sinks import HandedOver, Span, Submitted
from tests.support.topics import ends_of, every_record

Json = dict[str, Any]
FACTS = ("enrolment-events", "scheduling-events")
STATES = ("people", "courses", "campuses")
TOPICS = (*FACTS, *STATES)
OWNER = {**dict.fromkeys(("enrolment-events", "people", "courses"), "enrolment"),
         **dict.fromkeys(("scheduling-events", "campuses"), "scheduling")}  # fmt: skip
READERS = {
    "enrolment-events": ("scheduling", "notifications"),
    "scheduling-events": ("enrolment", "notifications"),
    "people": ("scheduling", "notifications"),
    "courses": ("scheduling", "notifications"),
    "campuses": ("enrolment", "notifications"),
}
_TIMEZONE_AWARE: CodecOptions[Json] = CodecOptions(tz_aware=True)


@dataclass(frozen=True, slots=True)
class Told:
    """One record as a stranger reads it. `about` is its payload, None for a tombstone or what is no JSON."""

    topic: str
    partition: int
    offset: int
    key: str
    sequence: int
    id: str
    type: str
    about: Json | None
    trace: str = ""

    @property
    def stream(self) -> str:
        return f"{self.topic}/{self.key}"

    @property
    def position(self) -> str:
        return f"{self.topic}:{self.key}:{self.sequence}"

    @property
    def name(self) -> str:
        """`enrolment.confirmed` of `sangam.enrolment.confirmed.v1`."""
        return self.type.removeprefix("sangam.").rpartition(".v")[0]


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that was handed over. `id` is its Message-ID without the domain; equal bytes have equal `digest`."""

    at: float
    to: str
    id: str
    digest: int
    invitations: tuple[Invitation, ...] = ()


@dataclass(frozen=True)
class View:
    """`dump` is service → collection → documents by id; `enrolments`, `sessions`, `rosters` are as HTTP tells them."""

    told: Sequence[Told] = ()
    dump: Mapping[str, Mapping[str, Mapping[str, Json]]] = field(default_factory=dict)
    offerings: Mapping[str, Json] = field(default_factory=dict)
    enrolments: Mapping[str, Json] = field(default_factory=dict)
    sessions: Mapping[str, Json] = field(default_factory=dict)
    rosters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notices: Mapping[str, Json] = field(default_factory=dict)
    letters: Sequence[Letter] = ()
    texts: Sequence[Submitted] = ()
    spans: Sequence[Span] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def streams(self) -> Mapping[str, Sequence[Told]]:
        """Per topic and key, in order of offsets; a key has one partition."""
        found: dict[str, list[Told]] = defaultdict(list)
        for one in self.told:
            found[one.stream].append(one)
        return found

    @cached_property
    def facts(self) -> Mapping[str, Sequence[Told]]:
        """Of the fact topics, each number once, as a consumer that drops repetitions sees them."""
        return {stream: once(told) for stream, told in self.streams.items() if stream.partition("/")[0] in FACTS}

    def rows(self, service: str, collection: str) -> Mapping[str, Json]:
        return self.dump.get(service, {}).get(collection, {})

    def parked(self, service: str, stream: str) -> bool:
        return bool(self.rows(service, "inbox").get(stream, {}).get("parked"))


def once(told: Iterable[Told]) -> list[Told]:
    found: list[Told] = []
    for one in told:
        if not found or one.sequence > found[-1].sequence:
            found.append(one)
    return found


async def look(ground: Ground, client: Client, institute: Institute) -> View:
    """Everything, when nothing moves any more."""
    offerings, enrolments, sessions, rosters = await _over_http(client, institute)
    notices = [
        notice
        for id in offerings  # of all at once, each page would cost the database a look at all of them
        for notice in await client.all("/notifications/v1/notices", institute.coordinator, offering_id=id)
    ]
    people = await client.all("/enrolment/v1/people", institute.coordinator)
    return View(
        told=[told(record) for record in await every_record(ground.system.urls()["kafka"], TOPICS)],
        dump=await dump(ground),
        offerings=offerings,
        enrolments=enrolments,
        sessions=sessions,
        rosters=rosters,
        notices={notice["id"]: notice for notice in notices},
        letters=[letter(one) for one in list(ground.sinks.mails.log)],
        texts=list(ground.sinks.texts.log),
        spans=list(ground.sinks.traces.spans),
        addresses={person["id"]: person["email"] for person in people},
    )


async def _over_http(
    client: Client, institute: Institute
) -> tuple[dict[str, Json], dict[str, Json], dict[str, Json], dict[str, frozenset[str]]]:
    offerings = {o["id"]: o for o in await client.all("/enrolment/v1/offerings", institute.coordinator)}
    enrolments: dict[str, Json] = {}
    sessions: dict[str, Json] = {}
    rosters: dict[str, frozenset[str]] = {}
    for id in offerings:
        listed = await client.all(f"/enrolment/v1/offerings/{id}/enrolments", institute.coordinator)
        enrolments |= {enrolment["id"]: enrolment for enrolment in listed}
        answer = await client.read(f"/scheduling/v1/offerings/{id}/timetable", institute.planner)
        for session in answer.json()["sessions"] if answer.status_code == 200 else []:
            sessions[session["id"]] = session
            path = f"/scheduling/v1/sessions/{session['id']}/roster"
            rosters[id] = frozenset(e["enrolment_id"] for e in await client.all(path, institute.planner))
    return offerings, enrolments, sessions, rosters


def told(record: ConsumerRecord) -> Told:
    headers = {name: value.decode() for name, value in record.headers}
    try:
        about = json.loads(record.value) if record.value else None
    except ValueError:
        about = None
    return Told(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=(record.key or b"").decode(),
        sequence=int(headers.get("ce_sequence", 0)),
        id=headers.get("ce_id", ""),
        type=headers.get("ce_type", ""),
        about=about if isinstance(about, dict) else None,
        trace=headers.get("traceparent", "--").split("-")[1],
    )


async def dump(ground: Ground) -> dict[str, dict[str, dict[str, Json]]]:
    """All documents of all three databases, as their administrator reads them."""
    found: dict[str, dict[str, dict[str, Json]]] = {}
    mongo: AsyncMongoClient[Json]
    async with AsyncMongoClient(ground.system.mongo_url()) as mongo:
        for service in SERVICES:
            database: AsyncDatabase[Json] = mongo.get_database(service, codec_options=_TIMEZONE_AWARE)
            found[service] = {}
            for name in await database.list_collection_names():
                documents = await database[name].find().to_list(None)
                found[service][name] = {str(document["_id"]): document for document in documents}
    return found


def letter(one: HandedOver) -> Letter:
    source = one.text()
    head, _, _ = source.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").replace("\r\n ", " ").split("\r\n")
    [id] = [line.partition(":")[2].strip(" <>") for line in lines if line.lower().startswith("message-id:")]
    invitations = parse(source).invitations if b"text/calendar" in source else ()
    return Letter(one.at, one.to, id.partition("@")[0], hash(source), invitations)


async def how_many(brokers: str) -> int:
    """Records on all topics by now."""
    return sum((await ends_of(brokers, TOPICS)).values())
