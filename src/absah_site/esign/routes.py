"""The addresses of the wire, with their aliases. A trailing slash does not matter."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from absah_site.esign import endpoints
from absah_site.esign.exchange import Endpoint

#: What stands before every address that the door answers itself; the pages have the rest.
PREFIXES: Final = ("/api/user/", "/api/sign/", "/api/entity/", "/api/v2/")


@dataclass(frozen=True, slots=True)
class Route:
    """An operation (as it is recorded), its method, what answers it, and whether it writes its own record."""

    operation: str
    method: str
    endpoint: Endpoint
    records_itself: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A route and what stands behind it in the address; or the status of there being none."""

    route: Route | None
    rest: str = ""
    status: HTTPStatus = HTTPStatus.OK


EXACT: Final[dict[str, Route]] = {
    "/api/entity/cert/expired": Route("v1.expired", "GET", endpoints.expired),
    "/api/sign/pdf": Route("v1.sign", "POST", endpoints.sign_v1, records_itself=True),
    "/api/sign/verify": Route("v1.verify", "POST", endpoints.verify_v1),
    "/api/v2/sign/pdf": Route("v2.sign", "POST", endpoints.sign_v2, records_itself=True),
    "/api/user/registrasi": Route("v1.register", "POST", endpoints.registration_v1),
    "/api/v2/user/registration": Route("v2.register", "POST", endpoints.registration_v2),
    "/api/v2/user/register": Route("v2.register", "POST", endpoints.registration_v2),
    "/api/v2/seal/get/activation": Route("v2.seal-activation", "POST", endpoints.seal_activation),
    "/api/v2/seal/revoke/activation": Route("v2.seal-revocation", "POST", endpoints.seal_deactivation),
    "/api/v2/seal/get/totp": Route("v2.seal-code", "POST", endpoints.seal_code, records_itself=True),
    "/api/v2/seal/pdf": Route("v2.seal", "POST", endpoints.seal_pdf, records_itself=True),
    "/api/v2/sign/get/totp": Route("v2.totp", "POST", endpoints.totp),
    "/api/v2/user/check/status": Route("v2.status", "POST", endpoints.status_v2),
    "/api/v2/user/check-status": Route("v2.status", "POST", endpoints.status_v2),
    "/api/v2/verify/pdf": Route("v2.verify", "POST", endpoints.verify_v2),
}
WITH_REST: Final[dict[str, Route]] = {
    "/api/user/status/": Route("v1.status", "GET", endpoints.status_v1),
    "/api/user/profile/": Route("v1.profile", "GET", endpoints.profile),
    "/api/user/certificate/chain/": Route("v2.chain", "GET", endpoints.chain),
    "/api/v2/user/certificate/chain/": Route("v2.chain", "GET", endpoints.chain),
    "/api/sign/download/": Route("v1.download", "GET", endpoints.download),
}


def find_route(method: str, path: str, /) -> Found:
    """What answers. HEAD is answered as GET."""
    plain = path.rstrip("/")
    route, rest = EXACT.get(plain), ""
    if route is None:
        head, slash, rest = plain.rpartition("/")
        route = WITH_REST.get(head + slash)
    if route is None:
        return Found(None, status=HTTPStatus.NOT_FOUND)
    if method != route.method and not (method == "HEAD" and route.method == "GET"):
        return Found(route, status=HTTPStatus.METHOD_NOT_ALLOWED)
    return Found(route, rest)
