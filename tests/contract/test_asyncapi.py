"""Each service's AsyncAPI document: the official parser takes it, and it says what the code does."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from common.envelope import Envelope
from common.event import Event
from docs.generate.examples import examples
from docs.generate.services import NAMES, ROOT, Service, services
from sangam_local import downloads
from sangam_local.tools import run_tool
from tests.contract.test_wire import TRACE, told

SERVICES = services()
PLACES = {name: ROOT / f"services/{name}/contracts/asyncapi.yaml" for name in NAMES}
SCRIPT = Path(__file__).with_name("parse_asyncapi.cjs")
DEFECTS = {
    "an action that there is not": ("action: send\n", "action: sends\n"),
    "a word that there is not": ("address: campuses", "adress: campuses"),
    "a message of another channel": ("#/channels/campuses/messages", "#/channels/scheduling-events/messages"),
    "a payload that lies nowhere": ("sangam.campus.recorded.v1/schema.json", "sangam.campus.recorded.v9/schema.json"),
    "headers that are not described": ("#/components/schemas/CloudEventHeaders", "#/components/schemas/Headers"),
    "partitions that are no number": ("partitions: 1\n", "partitions: one\n"),
    "a schema that is none": ("sangam.campus.recorded.v1/schema.json", "spoilt.json"),
}


async def objections(*paths: Path) -> dict[Path, list[str]]:
    """What the parser, downloaded once for all checkouts, has against documents."""
    await downloads.make(downloads.ASYNCAPI)
    said = await run_tool(("node", SCRIPT, downloads.ASYNCAPI.place(), *paths), "The AsyncAPI parser")
    return {Path(path): found for path, found in json.loads(said).items()}


async def test_the_official_parser_takes_every_document() -> None:
    assert await objections(*PLACES.values()) == {path: [] for path in PLACES.values()}


async def test_the_official_parser_refuses_every_defect(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "services", tmp_path / "services", ignore=shutil.ignore_patterns("src"))
    good = PLACES["scheduling"].read_text()
    folder = tmp_path / "services/scheduling/contracts"
    for name, (before, after) in DEFECTS.items():
        assert before in good
        (folder / f"{name}.yaml").write_text(good.replace(before, after))
    schema = (folder / "sangam.campus.recorded.v1/schema.json").read_text()
    (folder / "spoilt.json").write_text(schema.replace('"type": "object"', '"type": "thing"'))

    found = await objections(*(folder / f"{name}.yaml" for name in DEFECTS))

    assert {path.stem for path, said in found.items() if said} == DEFECTS.keys()


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_operations_are_what_the_service_tells_and_what_it_reacts_to(service: Service) -> None:
    said = _document(service.name)["operations"].values()

    assert _types(said, "send") == {kind.event_type for kind in service.events}
    assert _types(said, "receive") == {kind.event_type for kind in service.subscriptions}


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_channels_are_the_topics_it_writes_or_reads(service: Service) -> None:
    channels = _document(service.name)["channels"]
    topics = {topic.name: topic for one in SERVICES for topic in one.topics}

    read = {kind.topic for kind in service.subscriptions}
    assert channels.keys() == read | {kind.topic for kind in service.events}
    for name, channel in channels.items():
        binding = channel["bindings"]["kafka"]
        assert (channel["address"], binding["topic"]) == (name, name)
        assert binding["partitions"] == topics[name].partitions
        assert binding["topicConfiguration"]["cleanup.policy"] == [topics[name].cleanup]


@pytest.mark.parametrize(
    ("service", "kind"),
    [pytest.param(service, kind, id=kind.__name__) for service in SERVICES for kind in service.events],
)
async def test_headers_and_payload_are_what_we_write(service: Service, kind: type[Event]) -> None:
    document = _document(service.name)
    message = document["components"]["messages"][kind.event_type]
    headers = {**message["headers"], "components": document["components"]}
    payload = json.loads((PLACES[service.name].parent / message["payload"]["$ref"]).read_text())
    described = document["components"]["schemas"]["CloudEventHeaders"]["properties"]

    for example in examples(kind):
        envelope: Envelope = await told(example)
        written = {name: value.decode() for name, value in envelope.headers()}

        Draft7Validator(headers).validate(written)
        Draft7Validator(payload).validate(json.loads(envelope.data))
        assert (written | {"traceparent": TRACE}).keys() == described.keys()
        assert not Draft7Validator(headers).is_valid(written | {"ce_type": "sangam.other.happened.v1"})


def _document(service: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(PLACES[service].read_text())
    return found


def _types(operations: Sequence[Mapping[str, Any]], action: str) -> set[str]:
    return {
        message["$ref"].rpartition("/")[2]
        for operation in operations
        if operation["action"] == action
        for message in operation["messages"]
    }
