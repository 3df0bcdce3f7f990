"""Acting by a link from a message: the same commands, once per question (N-08, E-05)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrolment.application.commands_offers import AcceptOffer, RefuseOffer, accept_offer, refuse_offer
from enrolment.application.commands_reconfirmation import (
    DeclineReconfirmation,
    Reconfirm,
    decline_reconfirmation,
    reconfirm,
)
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import LinkInvalid, LinkUsed, NoSuchAct
from enrolment.domain.links import ACTS, Act, LinkClaims, Purpose
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class ActOnLink:
    """Whoever holds the link acts for the person it was sent to."""

    claims: LinkClaims
    act: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What was answered and when, the same however often it is asked for."""

    enrolment_id: UUID
    offering_id: UUID
    purpose: Purpose
    act: Act
    at: datetime


async def act_on_link(command: ActOnLink, tx: EnrolmentTransaction) -> Acted:
    """Raises LinkInvalid, NoSuchAct, LinkExpired, LinkUsed and what the commands raise."""
    claims = command.claims
    enrolment = await tx.enrolments.find(claims.enrolment_id)
    act = next((act for act in ACTS[claims.purpose] if act == command.act), None)
    if enrolment is None:
        raise LinkInvalid()
    if act is None:
        raise NoSuchAct(acts=list(ACTS[claims.purpose]))
    if (earlier := enrolment.answer_to(claims.purpose, claims.version)) is None:
        claims.check(tx.now)
        enrolment = await _do(act, claims, enrolment, tx)
        earlier = enrolment.answer_to(claims.purpose, claims.version)
    assert earlier is not None
    if earlier.act != act:
        raise LinkUsed(act=earlier.act)
    return Acted(enrolment.id, enrolment.offering_id, earlier.purpose, earlier.act, earlier.at)


async def _do(act: Act, claims: LinkClaims, enrolment: Enrolment, tx: EnrolmentTransaction) -> Enrolment:
    actor, id, version = Actor(person_id=enrolment.person_id), enrolment.id, claims.version
    match act:
        case "accept":
            return await accept_offer(AcceptOffer(id, actor, version), tx)
        case "refuse":
            return await refuse_offer(RefuseOffer(id, actor, version), tx)
        case "reconfirm":
            return await reconfirm(Reconfirm(id, actor, version), tx)
        case "decline":
            return await decline_reconfirmation(DeclineReconfirmation(id, actor, version), tx)
