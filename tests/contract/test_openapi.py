"""Each service describes its HTTP door in OpenAPI 3.1, with every kind of refusal that a caller can meet."""

import base64
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from docs.generate.services import NAMES

PROBLEM, JSON = "application/problem+json", "application/json"
EVERY_READ = {"401", "422", "503"}
EVERY_COMMAND = EVERY_READ | {"400"}  # an Idempotency-Key is asked for
OPEN = {"/enrolment/v1/links", "/enrolment/v1/certificates/verify"}
KEY = Ed25519PrivateKey.generate()
SETTINGS: Mapping[str, Any] = {
    "profile": "test",
    "mongo_url": "mongodb://127.0.0.1:1",
    "kafka_brokers": "127.0.0.1:1",
    "api_port": 1,
    "worker_port": 2,
    "token_issuers": [],
    "public_url": "http://127.0.0.1:3",
    "link_public_key": base64.urlsafe_b64encode(KEY.public_key().public_bytes_raw()).decode(),
    "link_private_key": base64.urlsafe_b64encode(KEY.private_bytes_raw()).decode(),
    "erasure_key": "k" * 32,
    "smtp_host": "127.0.0.1",
    "smtp_port": 4,
    "mail_from": "sangam@training.example",
    "sms_url": "http://127.0.0.1:5",
}


def described(service: str) -> dict[str, Any]:
    """What /<service>/v1/openapi.json answers; nothing it needs is there, and nothing is asked."""
    kind = getattr(import_module(f"{service}.settings"), f"{service.capitalize()}Settings")
    settings = kind(**{name: value for name, value in SETTINGS.items() if name in kind.model_fields})
    found: dict[str, Any] = import_module(f"{service}.bootstrap").api(settings).openapi()
    return found


DESCRIBED = {name: described(name) for name in NAMES}
OPERATIONS = [
    pytest.param(path, operation, id=f"{method.upper()} {path}")
    for document in DESCRIBED.values()
    for path, methods in document["paths"].items()
    for method, operation in methods.items()
]
# An action link is its own key and its own proof.
COMMANDS = [one for one in OPERATIONS if str(one.id).startswith("POST") and one.values[0] not in OPEN]


@pytest.mark.parametrize("service", NAMES)
def test_the_description_is_openapi_3_1_under_the_service_s_own_path(service: str) -> None:
    document = DESCRIBED[service]

    assert document["openapi"].startswith("3.1")
    assert document["paths"]
    assert [path for path in document["paths"] if not path.startswith(f"/{service}/v1/")] == []


@pytest.mark.parametrize("service", NAMES)
def test_operation_ids_are_unique(service: str) -> None:
    ids = [one["operationId"] for methods in DESCRIBED[service]["paths"].values() for one in methods.values()]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("path", "operation"), OPERATIONS)
def test_every_route_declares_its_problems(path: str, operation: dict[str, Any]) -> None:
    refusals = {status: said for status, said in operation["responses"].items() if status >= "400"}

    assert all(PROBLEM in said["content"] for said in refusals.values())
    assert "HTTPValidationError" not in str(operation), "FastAPI's own 422 is not what we answer"
    if path not in OPEN:
        assert refusals.keys() >= EVERY_READ
        assert operation["security"]


@pytest.mark.parametrize(("path", "operation"), COMMANDS)
def test_every_command_says_what_it_asks_for(path: str, operation: dict[str, Any]) -> None:
    assert operation["responses"].keys() >= EVERY_COMMAND
    assert set(_parameters(operation)) >= {"Idempotency-Key", "dry_run"}


@pytest.mark.parametrize(("path", "operation"), OPERATIONS)
def test_every_route_says_what_it_does(path: str, operation: dict[str, Any]) -> None:
    answers = [said for status, said in operation["responses"].items() if status.startswith("2")]

    assert operation["summary"]
    assert len(answers) == 1
    assert answers[0]["content"], "an answer without a shape"


def _parameters(operation: dict[str, Any]) -> Iterable[str]:
    return (parameter["name"] for parameter in operation.get("parameters", ()))
