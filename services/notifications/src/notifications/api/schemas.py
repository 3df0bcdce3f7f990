"""Bodies as they are on the wire; never passed further in than the route."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DeliveryBody(Body):
    """`reference` names it at its receiver: a mail's Message-ID begins with it, an SMS provider is asked by it. With
    `lost_answers` it may have arrived whatever `state` says, since the provider's answer did not."""

    channel: str
    reference: str
    state: str
    attempts: int
    provider_reference: str | None
    reason: str
    sent_at: datetime | None
    lost_answers: int


class NoticeBody(Body):
    """Ids and states only; what was written is with its recipient."""

    id: UUID
    person_id: UUID
    purpose: str
    subject: UUID
    revision: str
    offering_id: UUID | None
    state: str
    reason: str
    created_at: datetime
    not_after: datetime
    trace_id: str | None
    deliveries: list[DeliveryBody]


class CountsBody(Body):
    purpose: str
    states: dict[str, int]


class CountsList(Body):
    items: list[CountsBody]


class TemplateBody(Body):
    purpose: str
    languages: list[str]
    channels: list[str]


class TemplateList(Body):
    items: list[TemplateBody]


class PreviewBody(Body):
    """`segments` and `encoding` are the SMS's; 0 and null when the purpose has none."""

    subject: str
    text: str
    html: str
    sms: str | None
    segments: int
    encoding: str | None
