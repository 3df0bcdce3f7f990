"""The compose file describes the same system as the native way: same files, same command lines, same settings."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import enrolment.settings
import notifications.settings
import scheduling.settings
from sangam_local import compose, gateway, identity

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("enrolment", "scheduling", "notifications")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The compose file as Compose itself reads it, every secret answered by a word."""
    names = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    docker_compose = Path(sys.executable).with_name("docker-compose")
    answer = subprocess.run(
        [docker_compose, "-f", ROOT / "docker-compose.yml", "config", "--format", "json"],
        env={**os.environ, **dict.fromkeys(names, "a secret of thirty-two characters")},
        capture_output=True,
        check=True,
    )
    read: dict[str, Any] = json.loads(answer.stdout)
    return read


def test_what_compose_mounts_is_generated_from_the_sources_of_the_native_way() -> None:
    for path, text in compose.files().items():
        assert path.read_text() == text, f"{path} is not what `python -m sangam_local.compose` writes"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["setup", "api", "worker"])
def test_a_process_is_started_by_the_line_that_starts_it_natively(
    service: str, role: str, described: dict[str, Any]
) -> None:
    assert described["services"][f"{service}-{role}"]["command"] == ["python", "-m", service, role]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_understands_all_that_compose_tells_it(
    service: str, described: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {
        "enrolment": enrolment.settings.EnrolmentSettings,
        "scheduling": scheduling.settings.SchedulingSettings,
        "notifications": notifications.settings.NotificationsSettings,
    }
    told = described["services"][f"{service}-api"]["environment"]
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    settings = kinds[service]()

    known = {f"{service}_{field}".upper() for field in type(settings).model_fields}
    assert {name for name in told if name.startswith(f"{service.upper()}_")} <= known
    assert settings.token_issuers[0].issuer == f"{compose.IDENTITY_URL}/realms/sangam"
    assert settings.mongo_url.startswith(f"mongodb://{service}:")


def test_the_gateway_trusts_whom_the_services_trust_and_nobody_else() -> None:
    text = compose.files()[compose.DEPLOY / "gateway" / "compose.yaml"]

    assert text.count("issuer: ") == 1
    assert f"issuer: {compose.IDENTITY_URL}/realms/sangam" in text
    assert identity.TEST_ISSUER not in text


def test_every_container_gave_up_what_it_does_not_need(described: dict[str, Any]) -> None:
    for name, container in described["services"].items():
        assert container["cap_drop"] == ["ALL"], name
        assert container["security_opt"] == ["no-new-privileges:true"], name
        assert not container.get("privileged"), name
        for port in container.get("ports", []):
            assert port["host_ip"] == "127.0.0.1", name


def test_prometheus_finds_every_process_and_its_rules(described: dict[str, Any]) -> None:
    scraping = yaml.safe_load((ROOT / "deploy" / "otel" / "prometheus.yaml").read_text())
    targets = {t for job in scraping["scrape_configs"] for of in job["static_configs"] for t in of["targets"]}
    mounted = {volume["target"]: volume["source"] for volume in described["services"]["prometheus"]["volumes"]}

    for service in SERVICES:
        for role in ("api", "worker"):
            port = described["services"][f"{service}-{role}"]["environment"][f"{service.upper()}_{role.upper()}_PORT"]
            assert f"{service}-{role}:{port}" in targets
    for file in scraping["rule_files"]:
        assert Path(mounted[f"/etc/prometheus/{file}"]) == ROOT / "deploy" / "otel" / file


def test_the_realm_has_one_account_per_kind_and_campus_and_the_nine_kinds() -> None:
    realm = json.loads(compose.files()[compose.DEPLOY / "identity" / "compose-realm.json"])

    names = {user["username"] for user in realm["users"]}
    assert {f"{kind}.{campus}" for kind in identity.KINDS for campus in identity.CAMPUSES} <= names
    assert {role["name"] for role in realm["roles"]["client"]["sangam"]} == set(identity.KINDS)
    assert {user["credentials"][0]["value"] for user in realm["users"]} == {"${SANGAM_USER_PASSWORD}"}


def test_the_committed_realm_does_not_hand_out_tokens_for_passwords() -> None:
    realm = json.loads((ROOT / "deploy" / "identity" / "realm.json").read_text())

    assert not [client["clientId"] for client in realm["clients"] if client["directAccessGrantsEnabled"]]
    assert "users" not in realm


def test_a_gateway_that_trusts_nobody_is_refused() -> None:
    nobody = gateway.Gateway(
        listen=gateway.Endpoint("127.0.0.1", 1), admin=gateway.Endpoint("127.0.0.1", 2), services=[], issuers=[]
    )

    with pytest.raises(ValueError, match="issuer"):
        gateway.text_of(nobody)
