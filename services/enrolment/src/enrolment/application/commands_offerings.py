"""The life of an offering: drafted, changed, opened, closed. Timers do the rest at their instants."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from enrolment.application import facts
from enrolment.application.checks import check_version, may, own_offering
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import promote
from enrolment.domain import seats
from enrolment.domain.errors import BadSeats, NotYourCampus, OfferingState, UnknownCampus, UnknownCourse
from enrolment.domain.events import OfferingCancelled, OfferingChanged, OfferingDrafted
from enrolment.domain.offering import UNDER_WAY, Offering, Policies
from enrolment.domain.shares import new_shares
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOffering:
    """`cutoff` as a date means its last instant at the owning campus (N-07); `seats` must be the sum of the shares."""

    actor: Actor
    course_id: UUID
    label: str
    owner_campus: str
    language: str
    shares: dict[str, int]
    seats: int | None
    earliest_start: date
    window_opens: datetime
    window_closes: datetime
    cutoff: datetime | date
    release_at: datetime | None
    minimum: int | None
    policies: Policies


async def draft_offering(command: DraftOffering, tx: EnrolmentTransaction) -> Offering:
    """Raises NotYourRole, NotYourCampus, UnknownCourse, UnknownCampus, BadSeats, BadWindow."""
    may(command, command.actor)
    if not command.actor.admin_of(command.owner_campus):
        raise NotYourCampus()
    shares = new_shares(command.shares)
    if command.seats not in (None, sum(command.shares.values())):
        raise BadSeats(seats=command.seats, sum_of_shares=sum(command.shares.values()))
    if await tx.courses.find(command.course_id) is None:
        raise UnknownCourse(course_id=str(command.course_id))
    campuses = tuple(sorted({command.owner_campus, *command.shares}))
    offering = Offering(
        id=tx.new_id(),
        course_id=command.course_id,
        label=command.label,
        owner_campus=command.owner_campus,
        language=command.language,
        campuses=campuses,
        shares=shares,
        earliest_start=command.earliest_start,
        window_opens=command.window_opens,
        window_closes=command.window_closes,
        cutoff=await _cutoff(command, campuses, tx),
        release_at=command.release_at,
        minimum=command.minimum,
        policies=command.policies,
    )
    offering.check_window()
    offering = tx.offerings.save(offering)
    tx.emit(OfferingDrafted(**facts.face(offering)))
    return offering


async def _cutoff(command: DraftOffering, campuses: tuple[str, ...], tx: EnrolmentTransaction) -> datetime:
    known = await tx.campuses.get_many(campuses)
    if unknown := [campus for campus in campuses if campus not in known]:
        raise UnknownCampus(campuses=unknown)
    if isinstance(command.cutoff, datetime):
        return command.cutoff
    return known[command.owner_campus].last_instant_of(command.cutoff)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOffering:
    """What is None stays. `shares` are the seats of each campus; fewer than are held only with `overbook` (E-09)."""

    offering_id: UUID
    actor: Actor
    if_version: int
    label: str | None = None
    shares: dict[str, int] | None = None
    overbook: bool = False


async def change_offering(command: ChangeOffering, tx: EnrolmentTransaction) -> Offering:
    """More seats promote all that fit (E-10). Raises NotFound, NotYourCampus, Stale, OfferingState, BadSeats,
    UnknownCampus, CapacityTaken."""
    may(command, command.actor)
    offering = await own_offering(command.offering_id, command.actor, command.if_version, tx)
    if offering.state not in ("draft", "open", "closed"):
        raise OfferingState(state=offering.state)
    if command.shares is not None:
        known = await tx.campuses.get_many(command.shares)
        if unknown := sorted(command.shares.keys() - known.keys()):
            raise UnknownCampus(campuses=unknown)
        offering = seats.change_capacity(offering, command.shares, overbook=command.overbook)
    offering = tx.offerings.save(replace(offering, label=command.label or offering.label))
    tx.emit(OfferingChanged(**facts.face(offering)))
    return await promote(offering, tx)


@dataclass(frozen=True, slots=True)
class OpenOffering:
    offering_id: UUID
    actor: Actor
    if_version: int


async def open_offering(command: OpenOffering, tx: EnrolmentTransaction) -> Offering:
    """From now on requests are taken, inside the window. Raises NotFound, NotYourCampus, Stale, OfferingState."""
    may(command, command.actor)
    before = await own_offering(command.offering_id, command.actor, command.if_version, tx)
    return tx.offerings.save(before.open())


@dataclass(frozen=True, slots=True)
class CloseOffering:
    offering_id: UUID
    actor: Actor
    if_version: int


async def close_offering(command: CloseOffering, tx: EnrolmentTransaction) -> Offering:
    """No more requests and no more offers (E-08). Raises NotFound, NotYourCampus, Stale, OfferingState."""
    may(command, command.actor)
    before = await own_offering(command.offering_id, command.actor, command.if_version, tx)
    return tx.offerings.save(before.close())


@dataclass(frozen=True, slots=True)
class CancelOffering:
    """`reason` is a code."""

    offering_id: UUID
    actor: Actor
    if_version: int
    reason: str


async def cancel_offering(command: CancelOffering, tx: EnrolmentTransaction) -> Offering:
    """S-10: decided by this one document; a second time it is nothing.

    Raises NotFound, NotYourCampus, Stale, OfferingState.
    """
    may(command, command.actor)
    before = await own_offering(command.offering_id, command.actor, None, tx)
    if before.state == "cancelled":
        return before
    check_version(before.version, command.if_version)
    offering = tx.offerings.save(before.cancel(tx.now))
    tx.emit(OfferingCancelled(offering_id=offering.id, revision=offering.version, reason=command.reason))
    return offering


async def close_window(offering_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer, when the window has passed."""
    offering = await tx.offerings.get(offering_id)
    if offering.state == "open" and tx.now > offering.window_closes:
        tx.offerings.save(offering.close())


async def release_shares(offering_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer, at the release time: free seats of one campus go to whoever waits (E-12)."""
    offering = await tx.offerings.get(offering_id)
    if offering.state in UNDER_WAY and offering.merged(tx.now) and not offering.released:
        await promote(replace(offering, released=True), tx)
