"""What came back: values, or a refusal in our words. Whatever a service sends, nothing here fails without a code.

Services differ in what they do not publish (numbers of errors, the form of a chain): numbers that are known decide
first, then fragments of their sentences, then the status of HTTP.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from absah.enrolment.wire_status import WireStatus
from absah.esign.client.ports import CertificateThere, ProfileThere, SignedThere
from absah.esign.client.questions import Question
from absah.esign.client.refusals import (
    AnswerUnusable,
    CertificateEnded,
    CertificateMissing,
    CertificateWithdrawn,
    CodeWrong,
    CredentialsRefused,
    Fault,
    MustWait,
    OutcomeUnknown,
    PassphraseWrong,
    PersonUnknown,
    RefusedThere,
)
from absah.kernel.errors import AbsahError
from absah.pki.certificates import load_certificate

_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024
_MOST_CERTIFICATES: Final = 50
_LONGEST_SAID: Final = 160
_PEM: Final = re.compile(r"-----(?:BEGIN|END) CERTIFICATE-----|\s")
#: Digits in a row that could be somebody's number.
_DIGITS: Final = re.compile(r"[0-9]{6,}")

_Refusal = Callable[[], AbsahError]
#: Numbers known from the outside world, and those that Absah answers with (`absah.esign.errors`).
_BY_NUMBER: Final[Mapping[int, _Refusal]] = {
    1110: PersonUnknown,
    2011: PersonUnknown,
    2021: lambda: CertificateMissing(status="NO_CERTIFICATE"),
    2022: CertificateEnded,
    2023: CertificateWithdrawn,
    2024: CertificateWithdrawn,
    2026: lambda: CertificateMissing(status="NEW"),
    2031: PassphraseWrong,
    2032: CodeWrong,
    2033: MustWait,
    4053: CredentialsRefused,
    4055: MustWait,
}
#: Fragments of sentences, in the order in which they are looked for.
_BY_WORDS: Final[tuple[tuple[str, _Refusal], ...]] = (
    ("passphrase", PassphraseWrong),
    ("totp", CodeWrong),
    ("otp ", CodeWrong),
    ("tidak memiliki sertifikat", lambda: CertificateMissing(status="NO_CERTIFICATE")),
    ("sertifikat tidak ditemukan", lambda: CertificateMissing(status="NO_CERTIFICATE")),
    ("belum diissue", lambda: CertificateMissing(status="NEW")),
    ("belum aktif", lambda: CertificateMissing(status="NEW")),
    ("expired", CertificateEnded),
    ("kedaluwarsa", CertificateEnded),
    ("revoke", CertificateWithdrawn),
    ("suspend", CertificateWithdrawn),
    ("tidak terdaftar", PersonUnknown),
    ("belum terdaftar", PersonUnknown),
    ("belum teregistrasi", PersonUnknown),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, whole. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


def require_success(question: Question, answer: Answer, /) -> Answer:
    """The answer, where it is one. Raises the refusals; for a signature, OutcomeUnknown after a failure of theirs."""
    if answer.status == 200:
        return answer
    if answer.status >= 500 or answer.status < 400:
        # A service that fails may have signed before it did. A redirect is followed nowhere: the setting names where.
        problem = f"status {answer.status}"
        raise OutcomeUnknown(problem=problem) if question.changes else Fault(status=answer.status)
    raise refusal_in(answer)


def refusal_in(answer: Answer, /) -> AbsahError:
    """What a refusal of theirs means."""
    if answer.status in {401, 403}:
        return CredentialsRefused()
    said = _object_or_none(answer.body) or {}
    number = _number(said.get("status_code"))
    words = str(said.get("error") or said.get("message") or "")
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]()
    lowered = f"{words.lower()} "
    for fragment, refusal in _BY_WORDS:
        if fragment in lowered:
            return refusal()
    if answer.status == 429:
        return MustWait()
    return RefusedThere(number=number or answer.status, says=_harmless(words))


def _harmless(words: str) -> str:
    """What they say, short, in one line, without numbers of people."""
    return _DIGITS.sub("…", " ".join(words.split()))[:_LONGEST_SAID] or "-"


def status_in(answer: Answer, /) -> WireStatus:
    """V1-1, V2-4."""
    word = _word(_object(answer.body).get("status"))
    if word is None:
        raise AnswerUnusable(problem="status")
    return word


def _word(written: object) -> WireStatus | None:
    """One of the nine words, also as some spell them."""
    spelled = {"ISSUED": "ISSUE", "REVOKED": "REVOKE", "SUSPENDED": "SUSPEND"}
    text = str(written).strip().upper()
    try:
        return WireStatus(spelled.get(text, text))
    except ValueError:
        return None


def profile_in(answer: Answer, /) -> ProfileThere:
    """V1-2. Fields that are not there, or not what they should be, are empty."""
    data = _object(answer.body).get("data")
    if not isinstance(data, dict):
        raise AnswerUnusable(problem="data")
    listed = data.get("sertifikat")
    found = listed[:_MOST_CERTIFICATES] if isinstance(listed, list) else []
    certificates = tuple(_certificate(one) for one in found if isinstance(one, dict))
    return ProfileThere(status=_word(data.get("status_user")), certificates=certificates)


def _certificate(written: Mapping[str, Any]) -> CertificateThere:
    serial = written.get("nomor_seri") or written.get("serialNumber") or written.get("serial_number") or ""
    return CertificateThere(
        product=str(written.get("jenis_sertifikat") or written.get("product") or "")[:80],
        serial=serial_text(str(serial)),
        status=_word(written.get("status") or written.get("status_sertifikat")),
        not_before=_day(written.get("berlaku_mulai") or written.get("notBeforeDate")),
        not_after=_day(written.get("berlaku_sampai") or written.get("notAfterDate")),
    )


def serial_text(written: str, /) -> str:
    """A serial number as we compare it: hexadecimal, lower case, without zeros in front, colons or blanks.

    Empty where it is none.
    """
    plain = re.sub(r"[\s:]", "", written).lower().removeprefix("0x").lstrip("0")
    return plain if re.fullmatch(r"[0-9a-f]{1,40}", plain) else ""


def _day(written: object) -> date | None:
    """`dd-MM-yyyy` as the profile has it, or a moment of ISO 8601."""
    text = str(written or "").strip()
    for form in ("%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  (a day of the calendar, no moment)
        except ValueError:
            continue
    return None


def chain_in(answer: Answer, /) -> tuple[bytes, ...]:
    """V2-5: certificates as base64 of their DER, with or without the lines of PEM; what is none is left out.

    The person's own comes first: the one that issued none of the others.
    """
    data = _object(answer.body).get("data")
    written = data[:_MOST_CERTIFICATES] if isinstance(data, list) else []
    found = [der for one in written if (der := _certificate_bytes(one)) is not None]
    loaded = {der: load_certificate(der) for der in found}
    issuers = {one.issuer for one in loaded.values() if one.issuer != one.subject}
    return tuple(sorted(found, key=lambda der: loaded[der].subject in issuers or _is_root(loaded[der])))


def _is_root(certificate: Any) -> bool:
    return bool(certificate.issuer == certificate.subject)


def _certificate_bytes(written: object) -> bytes | None:
    if not isinstance(written, str):
        return None
    try:
        der = base64.b64decode(_PEM.sub("", written), validate=True)
        load_certificate(der)
    except (binascii.Error, ValueError, AbsahError):
        return None
    return der


def message_in(answer: Answer, /) -> str:
    """V2-2: what the service says of a code. Raises RefusedThere where it says that there is none."""
    said = _object(answer.body)
    words = _harmless(str(said.get("message") or ""))
    if said.get("success") is False:
        raise RefusedThere(number=answer.status, says=words)
    return words


def token_in(answer: Answer, /) -> tuple[str, int]:
    """A token and for how many seconds it is good."""
    said = _object(answer.body)
    token, seconds = said.get("access_token"), _number(said.get("expires_in"))
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]{1,4096}", token):
        raise AnswerUnusable(problem="access_token")
    return token, max(seconds or 60, 1)


def signed_in(answer: Answer, /) -> SignedThere:
    """V2-1. An answer in which there is no document leaves open whether one was made: OutcomeUnknown."""
    said = _object_or_none(answer.body)
    if said is None or "error" in said:
        raise _unreadable(said, answer)
    files = said.get("file")
    if not isinstance(files, list) or len(files) != 1 or not isinstance(files[0], str):
        raise OutcomeUnknown(problem="file")
    try:
        document = base64.b64decode(files[0], validate=True)
    except (binascii.Error, ValueError):
        raise OutcomeUnknown(problem="base64") from None
    return SignedThere(document=_pdf(document, ""))


def signed_in_v1(answer: Answer, /) -> SignedThere:
    """V1-5: the bytes themselves, and the number in a header."""
    number = next((answer.headers[name] for name in ("id_dokumen", "id-dokumen") if name in answer.headers), "")
    if answer.body.startswith(b"{"):
        raise _unreadable(_object_or_none(answer.body), answer)
    return SignedThere(document=_pdf(answer.body, number[:64]), number=number[:64])


def _unreadable(said: Mapping[str, Any] | None, answer: Answer) -> AbsahError:
    """Some gateways refuse with 200 and an error inside."""
    return OutcomeUnknown(problem="body") if said is None or "error" not in said else refusal_in(answer)


def document_in(answer: Answer, /) -> bytes:
    """V1-6."""
    if _PDF not in answer.body[:_PDF_WITHIN]:
        raise AnswerUnusable(problem="not-a-pdf")
    return answer.body


def _pdf(document: bytes, number: str) -> bytes:
    if _PDF not in document[:_PDF_WITHIN]:
        raise OutcomeUnknown(problem="not-a-pdf", number=number)
    return document


def _object(body: bytes) -> Mapping[str, Any]:
    found = _object_or_none(body)
    if found is None:
        raise AnswerUnusable(problem="body")
    return found


def _object_or_none(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _number(written: object) -> int:
    """A number, also as a text of digits; 0 where it is none."""
    text = str(written).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
