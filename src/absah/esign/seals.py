"""Seals on the wire: a code of activation that lives for a day, one-time codes for a number of files, sealed files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from absah.esign.asks import AskedDocument, Reading
from absah.esign.errors import wire_moment
from absah.esign.parameters import required_text, secret_of
from absah.esign.refusals import ParameterMissing
from absah.esign.v2 import count_of, parse_documents
from absah.kernel.clock import Instant
from absah.signing.factors import Secret

#: V2-2, as the service answers since its codes come from an app.
CODE_IS_IN_THE_APP: Final = "Kode TOTP dibuat oleh aplikasi autentikator Anda"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAsk:
    """A call about a seal: whose, with which code, for how many files."""

    seal: str
    code: Secret | None
    files: int = 1


def parse_seal(fields: Mapping[str, object], /) -> SealAsk:
    """Every endpoint about seals but the last. Raises the refusals of the wire."""
    code = secret_of(fields, "totp", "otp")
    return SealAsk(
        seal=required_text(fields, "idSubscriber"), code=None if code is None else Secret(code), files=count_of(fields)
    )


def required_code(ask: SealAsk, /) -> Secret:
    """The code of a call that needs one. Raises ParameterMissing."""
    if ask.code is None:
        raise ParameterMissing(parameter="totp")
    return ask.code


def parse_sealing(fields: Mapping[str, object], reading: Reading, /) -> tuple[SealAsk, tuple[AskedDocument, ...]]:
    """`POST /api/v2/seal/pdf`. Raises the refusals of the wire."""
    ask = parse_seal(fields)
    required_code(ask)
    documents = parse_documents(fields, reading)
    return SealAsk(seal=ask.seal, code=ask.code, files=len(documents)), documents


def activation_sent() -> dict[str, Any]:
    """The first code of activation is on its way."""
    return {"success": True, "message": "TOTP Aktivasi berhasil dikirim", "data": None}


def activation_renewed(code: str, until: Instant, /) -> dict[str, Any]:
    """The code of activation lives on."""
    data = code_made(code, until) | {"message": "TOTP Aktivasi masih berlaku"}
    return {"success": True, "message": None, "data": data}


def activation_revoked() -> dict[str, Any]:
    """Nothing is sealed any more with that code."""
    return {"success": True, "message": "TOTP Aktivasi berhasil dicabut", "data": None}


def code_made(code: str, until: Instant, /) -> dict[str, Any]:
    """A one-time code for some files."""
    return {
        "message": "TOTP berhasil dibuat",
        "totp": code,
        "expires": wire_moment(until, colon=False),
        "result": True,
    }


def code_refused(sentence: str, /) -> dict[str, Any]:
    """No code: 200 with `result: false`, as clients expect."""
    return {"message": sentence, "totp": None, "expires": None, "result": False}
