"""Who sees which documents (P-03): each resource's ways to be allowed, as queries."""

from collections.abc import Sequence

from enrolment.adapters.paging import EVERYTHING, Scope
from enrolment.domain.words import Actor


def of_people(actor: Actor) -> Sequence[Scope]:
    """Themselves, those below them, and their campus for those who act for it."""
    if actor.is_coordinator:
        return EVERYTHING
    scopes = _themselves(actor, "_id", "supervisor_id", "deputy_id")
    if "campus_admin" in actor.kinds or "nominator" in actor.kinds:
        scopes.append({"campus": {"$in": sorted(actor.campuses)}})
    return scopes


def of_offerings(actor: Actor) -> Sequence[Scope]:
    """Those that their campus runs or has seats in."""
    if actor.is_coordinator or actor.is_operator:
        return EVERYTHING
    return [{"campuses": campus} for campus in sorted(actor.campuses)]


def of_enrolments(actor: Actor) -> Sequence[Scope]:
    if actor.is_coordinator or actor.is_operator:
        return EVERYTHING
    return [*_themselves(actor, "readers", "nominators"), *_as_admin(actor)]


def of_certificates(actor: Actor) -> Sequence[Scope]:
    if actor.is_coordinator or actor.is_operator:
        return EVERYTHING
    return [*_themselves(actor, "person_id"), *_as_admin(actor)]


def of_approvals(actor: Actor) -> Sequence[Scope]:
    """What waits for this actor's word."""
    scopes = _themselves(actor, "approvers")
    if actor.is_coordinator:
        scopes.append({"waits_for_campus": True})
    elif "campus_admin" in actor.kinds:
        scopes.append({"waits_for_campus": True, "campus": {"$in": sorted(actor.campuses)}})
    return scopes


def _as_admin(actor: Actor) -> list[Scope]:
    """Own campus, and people of others in own offerings."""
    if "campus_admin" not in actor.kinds:
        return []
    campuses = {"$in": sorted(actor.campuses)}
    return [{"campus": campuses}, {"owner_campus": campuses}]


def _themselves(actor: Actor, *fields: str) -> list[Scope]:
    return [{field: str(actor.person_id)} for field in fields] if actor.person_id else []
