"""`POST /oauth/token`: a token for an hour; its program need not send the password with every call (RFC 6749 §4.4)."""

import base64
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from absah_site.allowance import address_in
from absah_site.applications.access import TOKEN_SECONDS, CredentialsWrong, access_token, require_tls, shown_certificate
from absah_site.esign.exchange import Reply, json_reply

PATH: Final = "/oauth/token"
_LARGEST: Final = 8 * 1024
_GRANT: Final = "client_credentials"


def token_reply(environ: WSGIEnvironment, /) -> Reply:
    """The token, or the refusal in the words of RFC 6749 §5.2.

    Raises TlsNeeded, TooManyQuestions, CertificateNeeded.
    """
    require_tls(environ)
    if environ["REQUEST_METHOD"] != "POST":
        return _refused("invalid_request", HTTPStatus.METHOD_NOT_ALLOWED)
    length = _declared(environ)
    if length > _LARGEST:  # what nobody reads is not waited for
        return _refused("invalid_request", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    fields = _fields(environ["wsgi.input"].read(length) if length else b"")
    if fields.get("grant_type") != _GRANT:
        return _refused("unsupported_grant_type", HTTPStatus.BAD_REQUEST)
    try:
        token = access_token(_credentials(environ, fields), address_in(environ), certificate=shown_certificate(environ))
    except CredentialsWrong:
        return _refused("invalid_client", HTTPStatus.UNAUTHORIZED)
    return json_reply({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS})


def _declared(environ: WSGIEnvironment) -> int:
    """How many bytes the body has, as its sender says; the server has made sure that it is a number."""
    declared = str(environ.get("CONTENT_LENGTH") or "0")
    return int(declared) if declared.isdecimal() and declared.isascii() else 0


def _fields(body: bytes) -> dict[str, str]:
    try:
        return {name: values[-1] for name, values in parse_qs(body.decode(), max_num_fields=20).items()}
    except ValueError:
        return {}


def _credentials(environ: WSGIEnvironment, fields: dict[str, str]) -> str:
    """The header, or (RFC 6749 §2.3.1, not recommended there) the two fields of the form."""
    header = str(environ.get("HTTP_AUTHORIZATION", ""))
    if header.lower().startswith("basic ") or "client_id" not in fields:
        return header if header.lower().startswith("basic ") else "Basic "
    pair = f"{fields['client_id']}:{fields.get('client_secret', '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _refused(error: str, status: HTTPStatus) -> Reply:
    return json_reply({"error": error, "error_description": status.phrase}, status)
