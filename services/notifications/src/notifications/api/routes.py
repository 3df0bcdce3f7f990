"""The ledger and the templates over HTTP: parse, ask, answer."""

from uuid import UUID

from fastapi import APIRouter

from common.http import InvalidRequest, Page, TokenInvalid, TokenMissing, problems
from common.problem import NotFound, Unavailable
from notifications.api.door import Bearer, Caller, Limit, Service, Text
from notifications.api.schemas import CountsList, NoticeBody, PreviewBody, TemplateList
from notifications.application.queries import NoticeFilter
from notifications.domain.errors import NotATemplateReader, UnknownTemplate
from notifications.domain.words import Actor

READ = (TokenMissing, TokenInvalid, InvalidRequest, Unavailable)

routes = APIRouter(prefix="/notifications/v1", dependencies=[Bearer])


@routes.get("/notices", responses=problems(*READ))
async def list_notices(
    actor: Caller,
    service: Service,
    person_id: UUID | None = None,
    offering_id: UUID | None = None,
    purpose: Text = None,
    state: Text = None,
    limit: Limit = 50,
    after: Text = None,
) -> Page[NoticeBody]:
    """Which notices there are, and what became of each delivery (O-01)."""
    wanted = NoticeFilter(person_id, offering_id, purpose, state)
    page = await service.queries.list_notices(actor, wanted, limit=limit, after=after)
    return Page(items=[NoticeBody.model_validate(row) for row in page.items], next=page.next)


@routes.get("/notices/counts", responses=problems(*READ))
async def count_notices(actor: Caller, service: Service, offering_id: UUID) -> CountsList:
    """Notices of one offering by purpose and state, as far as the caller may see them."""
    counts = await service.queries.count_notices(actor, offering_id)
    return CountsList.model_validate({"items": counts})


@routes.get("/notices/{notice_id}", responses=problems(*READ, NotFound))
async def get_notice(actor: Caller, service: Service, notice_id: UUID) -> NoticeBody:
    return NoticeBody.model_validate(await service.queries.get_notice(actor, notice_id))


@routes.get("/templates", responses=problems(*READ, NotATemplateReader))
async def list_templates(actor: Caller, service: Service) -> TemplateList:
    _staff_only(actor)
    return TemplateList.model_validate({"items": service.templates.list()})


@routes.get(
    "/templates/{purpose}/{language}/preview",
    responses=problems(*READ, NotATemplateReader, UnknownTemplate),
)
async def preview_template(actor: Caller, service: Service, purpose: str, language: str) -> PreviewBody:
    """What it looks like with example values, and what its SMS costs (M-07)."""
    _staff_only(actor)
    return PreviewBody.model_validate(service.templates.preview(purpose, language))


def _staff_only(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotATemplateReader()
