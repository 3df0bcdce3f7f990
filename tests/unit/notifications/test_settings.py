"""M-14: a deployment that is not production reaches catchers only."""

from typing import Any

import pytest
from pydantic import ValidationError

from notifications.settings import NotificationsSettings


def settings(**fields: Any) -> NotificationsSettings:
    given = {
        "profile": "test",
        "mongo_url": "mongodb://127.0.0.1:1",
        "kafka_brokers": "127.0.0.1:1",
        "api_port": 1,
        "worker_port": 2,
        "token_issuers": [],
        "public_url": "http://127.0.0.1:3",
        "link_private_key": "A" * 43,
        "smtp_host": "127.0.0.1",
        "mail_from": "sangam@training.example",
        "sms_url": "http://localhost:4",
    }
    return NotificationsSettings(**(given | fields))


@pytest.mark.rule("M-14")
@pytest.mark.parametrize("profile", ["test", "local"])
@pytest.mark.parametrize("field", [{"smtp_host": "mail.example.org"}, {"sms_url": "https://sms.example.org/v1"}])
def test_a_trial_cannot_reach_real_people(profile: str, field: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="must be on this machine"):
        settings(profile=profile, **field)


@pytest.mark.rule("M-14")
def test_a_trial_may_name_its_catchers() -> None:
    found = settings(smtp_host="mail", sms_url="http://sms:8080", catcher_hosts=["mail", "sms"])

    assert found.smtp_host == "mail"


def test_production_reaches_its_providers() -> None:
    assert settings(profile="production", smtp_host="mail.example.org", sms_url="https://sms.example.org")


@pytest.mark.parametrize("sender", ["nobody", "a@b\r\nBcc: c@d", "<a@b>"])
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    with pytest.raises(ValidationError):
        settings(mail_from=sender)
