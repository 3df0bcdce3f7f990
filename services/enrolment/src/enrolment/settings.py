"""What enrolment is told by its environment."""

from pydantic_settings import SettingsConfigDict

from common.settings import Settings


class EnrolmentSettings(Settings):
    """`link_public_key` is base64url of the raw Ed25519 key with which notifications' links are verified."""

    model_config = SettingsConfigDict(env_prefix="ENROLMENT_")

    link_public_key: str
