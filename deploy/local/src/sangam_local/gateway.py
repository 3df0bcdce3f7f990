"""Renders the gateway's one template, for the native way and for the compose file; knows every open route and limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sangam_local import identity

TEMPLATES = Path(__file__).resolve().parents[4] / "deploy" / "gateway"
SERVICES = ("enrolment", "scheduling", "notifications")
FRONTENDS = ("http://localhost:5173",)
TEST_PROFILES = frozenset({"local", "test"})


class Endpoint(NamedTuple):
    host: str
    port: int


class Cluster(NamedTuple):
    """Where one thing is: a service may run several times."""

    name: str
    endpoints: Sequence[Endpoint]


class Tracer(NamedTuple):
    """`kind` is zipkin or otlp."""

    kind: str
    host: str
    port: int


class Issuer(NamedTuple):
    """Whose tokens are taken: a key set by URL or, for tests only, in a file."""

    name: str
    issuer: str
    jwks: str = ""
    file: str = ""


class OpenRoute(NamedTuple):
    method: str
    path: str
    service: str


class Reply(NamedTuple):
    """What the gateway itself answers: the status Envoy meant, and what the caller gets."""

    caught: int
    status: int
    slug: str
    title: str


class Rate(NamedTuple):
    per_second: int
    burst: int


A_PERSON = Rate(200, 400)
A_CAMPUS = Rate(2_000, 4_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Per verified subject, per set of campuses, per address on open routes; body sizes in bytes."""

    subject: Rate = A_PERSON
    campus: Rate = A_CAMPUS
    address: Rate = A_PERSON
    body_bytes: int = 64 * 1024
    upload_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Everything in which two gateways may differ."""

    listen: Endpoint
    admin: Endpoint
    services: Sequence[Cluster]
    issuers: Sequence[Issuer]
    tracer: Tracer | None = None
    metrics: Endpoint | None = None
    origins: Sequence[str] = FRONTENDS
    limits: Limits = field(default_factory=Limits)


OPEN_ROUTES = (
    OpenRoute("GET", "/enrolment/v1/links", "enrolment"),
    OpenRoute("POST", "/enrolment/v1/links", "enrolment"),
    OpenRoute("GET", "/enrolment/v1/certificates/verify", "enrolment"),
    *(OpenRoute("GET", f"/{service}/v1/{page}", service) for service in SERVICES for page in ("openapi.json", "docs")),
)
REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "Last-Event-ID",
    "Sangam-Position",
    "traceparent",
)
RESPONSE_HEADERS = ("ETag", "Location", "Sangam-Position", "Sangam-Stale", "Retry-After")
# The slugs that the services use for the same, where they have one.
REPLIES = (
    Reply(400, 400, "request-malformed", "The request is not well formed."),
    Reply(401, 401, "token-invalid", "The token is not valid here, or no longer."),
    # The only thing Envoy itself forbids here is a token for another audience: not a valid token, by RFC 6750.
    Reply(403, 401, "token-invalid", "The token is not valid here, or no longer."),
    Reply(404, 404, "no-such-route", "There is nothing at this address."),
    Reply(408, 408, "request-timeout", "The request did not arrive in time."),
    Reply(413, 413, "body-too-large", "The body is larger than this route takes: 64 KiB, uploads of files 4 MiB."),
    Reply(429, 429, "too-many-requests", "Too many requests; try again after a moment."),
    Reply(431, 431, "headers-too-large", "The request's headers are too large."),
    Reply(502, 503, "unavailable", "Something we depend on is away; try again."),
    Reply(503, 503, "unavailable", "Something we depend on is away; try again."),
    Reply(504, 504, "timeout", "The answer took too long; repeat the request with the same Idempotency-Key."),
)


def render(
    ports: Mapping[str, int],
    home: Path,
    profile: str,
    *,
    origins: Sequence[str] = FRONTENDS,
    limits: Limits | None = None,
) -> Path:
    """Writes the native gateway's file. A port that is not named leaves its part out: `identity`, `traces`."""
    issuers = []
    if "identity" in ports:
        issuer = identity.issuer(ports)
        issuers.append(Issuer("keycloak", issuer, jwks=f"{issuer}/protocol/openid-connect/certs"))
    if profile in TEST_PROFILES:
        issuers.append(Issuer("test", identity.TEST_ISSUER, file=str(identity.local_jwks(home))))
    path = home / "run" / "gateway.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        text_of(
            Gateway(
                listen=Endpoint("127.0.0.1", ports["gateway"]),
                admin=Endpoint("127.0.0.1", ports["gateway_admin"]),
                services=[Cluster(name, _apis(ports, name)) for name in SERVICES],
                issuers=issuers,
                tracer=Tracer("zipkin", "127.0.0.1", ports["traces"]) if "traces" in ports else None,
                origins=origins,
                limits=limits or Limits(),
            )
        )
    )
    return path


def text_of(gateway: Gateway) -> str:
    """The file that Envoy reads. Refuses a gateway that would trust nobody, for it would let nobody in."""
    if not gateway.issuers:
        raise ValueError("a gateway needs an issuer to trust")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML, from our own settings
    )
    return environment.get_template("envoy.yaml.j2").render(
        listen=gateway.listen,
        admin=gateway.admin,
        services=gateway.services,
        several={service.name for service in gateway.services if len(service.endpoints) > 1},
        issuers=gateway.issuers,
        tracer=gateway.tracer,
        metrics=gateway.metrics,
        origins=gateway.origins,
        limits=gateway.limits,
        clusters=_clusters(gateway),
        open_routes=OPEN_ROUTES,
        replies=REPLIES,
        request_headers=REQUEST_HEADERS,
        response_headers=RESPONSE_HEADERS,
        audience=identity.AUDIENCE,
        subject_header="x-sangam-subject",
        campuses_header="x-sangam-campuses",
    )


def _apis(ports: Mapping[str, int], service: str) -> Sequence[Endpoint]:
    return [Endpoint("127.0.0.1", ports[name]) for name in (f"{service}_api", f"{service}_api_2") if name in ports]


def _clusters(gateway: Gateway) -> Sequence[Cluster]:
    clusters = list(gateway.services)
    for issuer in gateway.issuers:
        if issuer.jwks:
            place = urlsplit(issuer.jwks)
            clusters.append(Cluster("identity", [Endpoint(place.hostname or "", place.port or 80)]))
    if gateway.metrics is not None:
        clusters.append(Cluster("admin", [gateway.admin]))
    if gateway.tracer is not None:
        clusters.append(Cluster("traces", [Endpoint(gateway.tracer.host, gateway.tracer.port)]))
    return clusters
