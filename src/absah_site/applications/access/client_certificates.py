"""Certificates that applications show in TLS (mutual TLS), as the proxy in front hands them on.

The handshake is the proxy's: it has checked that whoever calls holds the key, and hands the certificate on in the
header `Client-Cert`. The header is believed only where this process listens on nothing but a socket that the proxy
alone can reach; everywhere else it is what any caller could have written, and is not looked at.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah_site.actors import Actor
from absah_site.applications.access.applications import application_for
from absah_site.applications.store import certificates as store
from absah_site.applications.store.applications import RegisteredApplication
from absah_site.applications.store.certificates import BoundCertificate
from absah_site.pki import access as register

_HEADER: Final = "HTTP_CLIENT_CERT"
_LONGEST: Final = 16 * 1024


def shown_certificate(environ: Mapping[str, object], /) -> str:
    """The fingerprint of the certificate that the proxy vouches for; empty where there is none.

    As RFC 9440 §2.2 writes it (`:base64 of DER:`), or as nginx does (PEM, escaped for an address).
    """
    if not getattr(settings, "BEHIND_SOCKET", False):
        return ""
    written = str(environ.get(_HEADER, "")).strip()
    if not written or len(written) > _LONGEST:
        return ""
    try:
        return hashlib.sha256(_der_of(written)).hexdigest()
    except (binascii.Error, ValueError):
        return ""


def _der_of(written: str) -> bytes:
    if written.startswith(":") and written.endswith(":"):
        return base64.b64decode(written[1:-1], validate=True)
    return x509.load_pem_x509_certificate(unquote(written).encode()).public_bytes(Encoding.DER)


def application_with_certificate(fingerprint: str, /, *, now: Instant) -> RegisteredApplication | None:
    """The application that this certificate stands for, while it is valid and not revoked."""
    found = store.find_by_certificate(fingerprint)
    if found is None:
        return None
    try:
        register.check_certificate_usable(register.certificate_with_fingerprint(fingerprint), now=now)
    except AbsahError:
        return None
    return found


def certificates_for(actor: Actor, identifier: UUID, /) -> tuple[BoundCertificate, ...]:
    """Those of an application that a person looks after."""
    return store.of_application(application_for(actor, identifier).id)
