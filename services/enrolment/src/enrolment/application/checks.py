"""What most commands ask first: may this actor do such a thing at all, do they see it, is it what they saw."""

from typing import Protocol
from uuid import UUID

from common.problem import NotFound, Stale
from enrolment.application.actors import ACTORS, RELATIONS
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import NoPerson, NotYourCampus, NotYourRole
from enrolment.domain.offering import Offering
from enrolment.domain.person import Person
from enrolment.domain.words import Actor


def may(command: object, actor: Actor) -> None:
    """A-01. Raises NotYourRole."""
    allowed = ACTORS[type(command).__name__]
    related = actor.person_id is not None and not RELATIONS.isdisjoint(allowed)
    if not (related or actor.is_system or not actor.kinds.isdisjoint(allowed)):
        raise NotYourRole()


class AboutEnrolment(Protocol):
    """A command that names one."""

    @property
    def enrolment_id(self) -> UUID: ...


async def read_enrolment_ahead(about: AboutEnrolment, tx: EnrolmentTransaction) -> None:
    tx.enrolments.expect(about.enrolment_id)


async def visible_enrolment(
    id: UUID, actor: Actor, if_version: int | None, tx: EnrolmentTransaction
) -> tuple[Enrolment, Offering]:
    """With its offering. Raises NotFound also for what the actor may not know of, Stale, OfferingState."""
    enrolment = await tx.enrolments.find(id)
    if enrolment is None or not enrolment.visible_to(actor):
        raise NotFound(id=str(id))
    check_version(enrolment.version, if_version)
    offering = await tx.offerings.get(enrolment.offering_id)
    offering.check_not_cancelled()
    return enrolment, offering


async def visible_offering(id: UUID, actor: Actor, tx: EnrolmentTransaction) -> Offering:
    offering = await tx.offerings.find(id)
    if offering is None or not offering.visible_to(actor):
        raise NotFound(id=str(id))
    return offering


async def own_offering(id: UUID, actor: Actor, if_version: int | None, tx: EnrolmentTransaction) -> Offering:
    """For those who run it. Raises NotFound, NotYourCampus, Stale."""
    offering = await visible_offering(id, actor, tx)
    if not actor.admin_of(offering.owner_campus):
        raise NotYourCampus()
    check_version(offering.version, if_version)
    return offering


async def themselves(actor: Actor, tx: EnrolmentTransaction) -> Person:
    """Raises NoPerson."""
    person = await tx.people.find(actor.person_id) if actor.person_id else None
    if person is None:
        raise NoPerson()
    return person


def check_version(version: int, expected: int | None) -> None:
    if expected not in (None, version):
        raise Stale(version=version)
