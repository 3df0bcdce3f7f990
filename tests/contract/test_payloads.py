"""Every consumer's smaller class reads what the producer's class writes, today's and a little of tomorrow's."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from common.event import Event, IncomingEvent
from docs.generate.services import services
from tests.contract.examples import examples, json_texts, replaced, wire

SERVICES = services()
PAIRS = [
    pytest.param(told, heard, id=f"{service.name} reads {told.__name__}")
    for service in SERVICES
    for heard in service.subscriptions
    for producer in SERVICES
    for told in producer.events
    if (told.topic, told.event_type) == (heard.topic, heard.event_type)
]
TOLD = [pytest.param(kind, id=kind.__name__) for service in SERVICES for kind in service.events]
PERSONAL = {"name", "names", "email", "mail", "phone", "mobile", "address", "birthday", "gender", "employee_id"}
PUBLIC_LABELS = {("CampusRecorded", "names"), ("CampusRecorded", "holidays.name")}


@pytest.mark.parametrize(("told", "heard"), PAIRS)
def test_a_consumer_reads_every_example(told: type[Event], heard: type[IncomingEvent]) -> None:
    for example in examples(told):
        read = heard.model_validate_json(wire(example))

        for name in heard.model_fields:
            assert json.loads(read.model_dump_json())[name] is not None or getattr(example, name) is None


@pytest.mark.parametrize(("told", "heard"), PAIRS)
def test_a_consumer_ignores_fields_it_does_not_know(told: type[Event], heard: type[IncomingEvent]) -> None:
    for example in examples(told):
        known = heard.model_validate_json(wire(example))

        assert heard.model_validate_json(_with_news(wire(example))) == known


@pytest.mark.parametrize(("told", "heard"), PAIRS)
def test_a_consumer_reads_words_it_has_never_seen(told: type[Event], heard: type[IncomingEvent]) -> None:
    for example in examples(told):
        document = json.loads(wire(example))
        for path in json_texts(document):
            heard.model_validate(replaced(document, path, "a-word-of-tomorrow"), strict=False)


@pytest.mark.parametrize("told", TOLD)
def test_a_producer_keeps_what_it_wrote(told: type[Event]) -> None:
    for example in examples(told):
        assert told.model_validate_json(wire(example)) == example


@pytest.mark.parametrize("told", TOLD)
def test_a_type_is_named_by_the_grammar(told: type[Event]) -> None:
    prefix, subject, participle, version = told.event_type.split(".")

    assert (prefix, version) == ("sangam", "v1")
    assert subject.replace("-", "").isalpha()
    assert participle.replace("-", "").isalpha()
    assert told.key_field in told.model_fields
    assert told.__doc__


@pytest.mark.rule("P-02")
@pytest.mark.parametrize("told", TOLD)
def test_only_people_carries_personal_fields(told: type[Event]) -> None:
    found = set(_field_names(json.loads(wire(examples(told)[0]))))

    suspicious = {name for name in found if name.rpartition(".")[2] in PERSONAL}
    suspicious -= {name for event, name in PUBLIC_LABELS if event == told.__name__}
    assert not suspicious or told.topic == "people"


def _with_news(text: bytes) -> str:
    """A field more in every object, as a later producer may write it."""

    def grown(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {name: grown(item) for name, item in value.items()}
            return inner if _is_map(value) else {**inner, "of_tomorrow": {"anything": [1, None]}}
        return [grown(item) for item in value] if isinstance(value, list) else value

    return json.dumps(grown(json.loads(text)))


def _is_map(value: dict[str, Any]) -> bool:
    """A map such as titles by language; its keys are data, not fields."""
    return set(value) <= {"puducherry"}


def _field_names(value: Any, prefix: str = "") -> Iterable[str]:
    if isinstance(value, dict) and not _is_map(value):
        for name, item in value.items():
            yield prefix + name
            yield from _field_names(item, f"{prefix}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from _field_names(item, prefix)
