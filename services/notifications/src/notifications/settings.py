"""What notifications is told by its environment."""

import ipaddress
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from common.settings import Settings


class NotificationsSettings(Settings):
    """Outside production only catchers are reachable (M-14): loopback, or hosts that are named as catchers."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_")

    link_private_key: str
    smtp_host: str
    smtp_port: int = Field(25, ge=1, le=65535)
    mail_from: str = Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")
    sms_url: str = Field(pattern=r"^https?://")
    catcher_hosts: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def nobody_real_is_reached_by_a_trial(self) -> "NotificationsSettings":
        if self.profile != "production":
            for name, host in (("smtp_host", self.smtp_host), ("sms_url", urlsplit(self.sms_url).hostname or "")):
                if not (is_loopback(host) or host in self.catcher_hosts):
                    raise ValueError(
                        f"outside production {name} must be on this machine or named in NOTIFICATIONS_CATCHER_HOSTS"
                    )
        return self


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
