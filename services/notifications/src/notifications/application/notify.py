"""From a fact to rows: one notice with its deliveries per recipient, in the transaction of the reaction (M-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.application.ports import NotificationsTransaction
from notifications.domain.delivery import About, Delivery, delivery_id
from notifications.domain.fanout import Fanout
from notifications.domain.notice import Notice, notice_id
from notifications.domain.purposes import PURPOSES


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message that a fact asks for; without `not_after` the purpose says how long it is useful."""

    person_id: UUID
    purpose: str
    subject: UUID
    offering_id: UUID
    about: About
    not_after: datetime | None = None


def revision_of(origin: str | None) -> str:
    """`topic:sequence` of the fact; its key is the subject's."""
    assert origin, "notices are caused by facts"
    topic, _, rest = origin.partition(":")
    return f"{topic}:{rest.rpartition(':')[2]}"


def told_at(tx: NotificationsTransaction) -> datetime:
    """When the fact happened, however late it comes here: from then on its notice is useful for so long."""
    return tx.cause.origin_at or tx.now


async def notify(wanted: Sequence[Wanted], tx: NotificationsTransaction) -> None:
    """What is there already stays as it is."""
    revision = revision_of(tx.cause.origin)
    ids = {notice_id(w.person_id, w.purpose, w.subject, revision): w for w in wanted}
    there = await tx.notices.unless_new(ids)
    for id, one in ids.items():
        if str(id) not in there:
            notice = tx.notices.save(_notice(id, one, revision, tx))
            for delivery in _deliveries(notice, one):
                tx.deliveries.save(delivery)


def fan_out(purpose: str, subject: UUID, offering_id: UUID, about: About, states: frozenset[str],
            tx: NotificationsTransaction, *, facilitators: bool = False) -> None:  # fmt: skip
    """The many are turned into notices after this commit, in chunks."""
    origin = tx.cause.origin or ""
    tx.fanouts.save(
        Fanout(
            id=f"{purpose}|{subject}|{revision_of(origin)}",
            purpose=purpose,
            subject=subject,
            origin=origin,
            offering_id=offering_id,
            about=about,
            states=tuple(sorted(states)),
            facilitators=facilitators,
            created_at=tx.now,
            told_at=told_at(tx),
            traceparent=tx.cause.traceparent,
            correlation_id=tx.cause.correlation_id,
        )
    )


def _notice(id: UUID, one: Wanted, revision: str, tx: NotificationsTransaction) -> Notice:
    not_after = one.not_after or told_at(tx) + PURPOSES[one.purpose].useful
    return Notice(
        id=id,
        person_id=one.person_id,
        purpose=one.purpose,
        subject=one.subject,
        revision=revision,
        offering_id=one.offering_id,
        state="due" if not_after > tx.now else "expired",
        created_at=tx.now,
        not_after=not_after,
        traceparent=tx.cause.traceparent,
        correlation_id=tx.cause.correlation_id,
    )


def _deliveries(notice: Notice, one: Wanted) -> list[Delivery]:
    """Messages to one person about one offering go out one after another; those about others, per enrolment."""
    purpose = PURPOSES[one.purpose]
    topic, _, sequence = notice.revision.partition(":")
    apart = purpose.about_others or purpose.subject == "certificate"
    made = [
        Delivery(
            id=delivery_id(notice.id, channel),
            notice_id=notice.id,
            person_id=one.person_id,
            purpose=one.purpose,
            channel=channel,
            thread=str(one.subject if apart else one.offering_id),
            offering_id=one.offering_id,
            about=one.about,
            created_at=notice.created_at,
            topic=topic,
            sequence=int(sequence),
            not_after=notice.not_after,
            traceparent=notice.traceparent,
            correlation_id=notice.correlation_id,
        )
        for channel in purpose.channels
    ]
    return [delivery.drop("expired") for delivery in made] if notice.state == "expired" else made
