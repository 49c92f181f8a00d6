"""OCSP responses (RFC 6960), made by a delegated responder; reading them is in `ocsp_answers`.

The library's builder takes one certificate per response; ours takes as many as were asked for.
"""

from dataclasses import dataclass

from absah.kernel.clock import Instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithms import (
    SigningKey,
    digest_algorithm_for,
    key_algorithm_of,
    sign_bytes,
    signature_algorithm_for,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.ocsp_answers import (
    OcspAnswer,
    OcspNotSuccessful,
    OcspStatusCode,
    ResponderByKey,
    ResponderByName,
    parse_ocsp_response,
)
from absah.pki.ocsp_responder import OcspResponderRefused, check_responder, encode_status, wrap_basic
from absah.pki.ocsp_statuses import CertId, SingleStatus, cert_id_for, encode_cert_id, key_hash

__all__ = [
    "CertId",
    "OcspAnswer",
    "OcspNotSuccessful",
    "OcspPlan",
    "OcspPlanRefused",
    "OcspResponderRefused",
    "OcspStatusCode",
    "ResponderByKey",
    "ResponderByName",
    "SingleStatus",
    "build_ocsp_error",
    "build_ocsp_response",
    "cert_id_for",
    "parse_ocsp_response",
]

_MAXIMUM_RESPONSES = 1000
_NONCE_MAXIMUM = 128  # RFC 9654 §2.1


class OcspPlanRefused(RuleBroken):
    """Nothing to answer, dates out of order, or a nonce too long. Parameter: problem."""

    code = "pki.ocsp-plan-refused"
    citation = Citation(norm=Norm.RFC_6960, clause="4.2.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspPlan:
    """A response that is to be signed. `responder_der` is the responder's certificate, which goes along."""

    responder_der: bytes
    produced_at: Instant
    responses: tuple[SingleStatus, ...]
    nonce: bytes | None = None

    def __post_init__(self) -> None:
        problem = ""
        if not 0 < len(self.responses) <= _MAXIMUM_RESPONSES:
            problem = "responses"
        elif self.nonce is not None and not 0 < len(self.nonce) <= _NONCE_MAXIMUM:
            problem = "nonce"
        for response in self.responses:
            end = response.next_update
            if response.this_update > self.produced_at or (end is not None and end < response.this_update):
                problem = "dates"
        if problem:
            raise OcspPlanRefused(problem=problem)


def _encode_single(response: SingleStatus) -> bytes:
    end = response.next_update
    return der.sequence(
        encode_cert_id(response.cert_id),
        encode_status(response.status),
        der.generalized_time(response.this_update),
        b"" if end is None else der.explicit(0, der.generalized_time(end)),
    )


def build_ocsp_response(plan: OcspPlan, key: SigningKey, /) -> bytes:
    """Sign the response. DER of an OCSPResponse. Raises OcspResponderRefused, CertificateUnreadable."""
    responder = load_certificate(plan.responder_der)
    spki = public_key_of_certificate(responder)
    check_responder(responder, key)
    kind = key_algorithm_of(spki)
    digest = digest_algorithm_for(kind)
    algorithm = signature_algorithm_for(kind, digest)
    extensions = b""
    if plan.nonce is not None:
        nonce = der.extension(oids.OCSP_NONCE, der.octet_string(plan.nonce))
        extensions = der.explicit(1, der.sequence(nonce))
    tbs = der.sequence(
        der.explicit(2, der.octet_string(key_hash(responder))),
        der.generalized_time(plan.produced_at),
        der.sequence(*(_encode_single(response) for response in plan.responses)),
        extensions,
    )
    signature = sign_bytes(key, tbs, digest)
    verify_bytes(spki, signature, tbs, algorithm)
    basic = der.sequence(
        tbs,
        encode_signature_algorithm(algorithm),
        der.bit_string(signature),
        der.explicit(0, der.sequence(plan.responder_der)),
    )
    return wrap_basic(basic)


def build_ocsp_error(status: OcspStatusCode, /) -> bytes:
    """The unsigned answer of a responder that cannot answer (RFC 6960 §2.3)."""
    if status is OcspStatusCode.SUCCESSFUL:
        raise OcspPlanRefused(problem="responses")
    return der.sequence(der.enumerated(status))
