"""A reader that knows none of our code sees facts without gaps, and people nowhere but where they belong."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiokafka import ConsumerRecord
from jsonschema import Draft202012Validator

from docs.generate.contracts import committed
from docs.generate.services import ROOT
from sangam_local.institute import reference_institute
from sangam_local.parts import SERVICES
from sangam_local.story import StoryReport
from sangam_local.system import System
from tests.support.personal import Personal
from tests.support.topics import every_record

PEOPLE = "people"


@pytest.fixture
async def records(system: System, told: StoryReport) -> list[ConsumerRecord]:
    return await every_record(system.urls()["kafka"])


@pytest.fixture(scope="module")
def personal() -> Personal:
    return Personal(reference_institute(datetime.now(UTC).year).people)


async def test_the_facts_of_every_key_come_in_order_without_gaps(records: list[ConsumerRecord]) -> None:
    facts: dict[tuple[str, bytes], dict[int, bytes]] = defaultdict(dict)
    for record in records:
        if record.topic.endswith("-events"):
            headers = dict(record.headers)
            sequence = int(headers["ce_sequence"])
            known = facts[record.topic, record.key]
            if sequence not in known:
                assert sequence == len(known) + 1, f"{record.topic}/{record.key!r}: {sequence} after {len(known)}"
                known[sequence] = headers["ce_id"]
            assert known[sequence] == headers["ce_id"], (
                f"{record.topic}/{record.key!r}: two facts are number {sequence}"
            )
            assert record.key == headers["ce_partitionkey"]

    assert {topic for topic, _ in facts} == {"enrolment-events", "scheduling-events"}
    assert max(map(len, facts.values())) > 100
    ids = [id for known in facts.values() for id in known.values()]
    assert len(ids) == len(set(ids))


async def test_every_record_is_what_the_contract_of_its_type_says(records: list[ConsumerRecord]) -> None:
    contracts = {contract.type: contract for contract in committed(ROOT)}
    told = [(contracts[dict(record.headers)["ce_type"].decode()], record) for record in records if record.value]

    for contract, record in told:
        payload = json.loads(record.value)
        Draft202012Validator(contract.schema).validate(payload)
        assert (record.topic, record.key.decode()) == (contract.topic, payload[contract.schema["x-key"]])

    assert len({contract.type for contract, _ in told}) > len(contracts) / 2


@pytest.mark.rule("P-02")
async def test_people_are_on_their_own_topic_only(records: list[ConsumerRecord], personal: Personal) -> None:
    recognised = personal.found_in("\n".join(_texts(r for r in records if r.topic == PEOPLE)))
    assert recognised == personal.names | personal.addresses | personal.phones

    assert personal.found_in("\n".join(_texts(r for r in records if r.topic != PEOPLE))) == set()


@pytest.mark.rule("P-02")
async def test_people_are_in_no_log(system: System, told: StoryReport, personal: Personal) -> None:
    logs = sorted(system.home.logs.rglob("*.log*"))
    assert {f"{name}.log" for name in ("enrolment-api", "notifications-worker", "gateway")} <= {
        log.name for log in logs
    }

    assert {log.name: found for log in logs if (found := personal.found_in(_read(log)))} == {}


@pytest.mark.rule("P-02")
async def test_people_are_in_no_span(system: System, told: StoryReport, personal: Personal) -> None:
    async with httpx.AsyncClient(base_url=f"{system.urls()['traces']}/zipkin/api/v2", timeout=60) as zipkin:
        services = (await zipkin.get("/services")).json()
        assert {f"{service}-{role}" for service in SERVICES for role in ("api", "worker")} <= set(services)
        for service in services:
            query = {"serviceName": service, "limit": "500", "lookback": str(24 * 3_600_000)}
            traces = await zipkin.get("/traces", params=query)
            assert traces.json(), f"{service} has left no trace"
            assert personal.found_in(traces.text) == set()


def _texts(records: Iterable[ConsumerRecord]) -> Iterable[str]:
    for record in records:
        for part in (record.key, record.value, *(value for _, value in record.headers)):
            if part:
                yield part.decode()


def _read(log: Path) -> str:
    return log.read_text(errors="replace")
