"""From our codes to the numbers and sentences of the wire: one table, and the bodies of the service's own failures.

Those with a text of their own are known from the outside world, where clients compare them; the others are ours, in
its pattern: 20xx is about the signer (…1x the person, …2x the certificate, …3x what was shown), 40xx about what was
sent, 405x about the application, 503x about a service that did not answer. `docs/conformance/esign-api.md` has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, NotFound, RuleBroken, Unavailable, WrongState
from absah.kernel.messages import Language, explain

NOT_REGISTERED: Final = 2011
NO_CERTIFICATE: Final = 2021
WRONG_PASSPHRASE: Final = 2031
FILE_GONE: Final = 4044
OUTCOME_UNKNOWN: Final = 4093

_NUMBERS: Final[Mapping[str, int]] = {
    "enrolment.subscriber-unknown": NOT_REGISTERED,
    "seals.unknown": 2012,
    "seals.nobody-seals": 2013,
    "signer.seal-not-activated": 2038,
    "esign.nobody-answers": 4016,
    "esign.nobody-registers": 4017,
    "enrolment.name-malformed": 4015,
    "enrolment.email-malformed": 4015,
    "enrolment.field-malformed": 4015,
    "enrolment.unit-unknown": 4015,
    "enrolment.letter-too-large": 4015,
    "enrolment.letter-not-pdf": 4015,
    "people.nik-malformed": 4015,
    "people.nip-malformed": 4015,
    "register.no-credential": NO_CERTIFICATE,
    "register.certificate-unknown": NO_CERTIFICATE,
    "signer.credential-unknown": NO_CERTIFICATE,
    "signing.certificate-expired": 2022,
    "signer.certificate-expired": 2022,
    "signing.certificate-revoked": 2023,
    "signer.credential-revoked": 2023,
    "signing.credential-not-usable": 2024,
    "signer.credential-suspended": 2024,
    "signing.certificate-not-yet-valid": 2025,
    "signer.certificate-not-yet-valid": 2025,
    "signer.credential-pending": 2026,
    "signer.wrong-passphrase": WRONG_PASSPHRASE,
    "signer.wrong-totp": 2032,
    "signer.must-wait": 2033,
    "signer.factor-missing": 2034,
    "signer.factor-not-bound": 2035,
    "esign.second-factor-needed": 2036,
    "signer.consent-unknown": 2037,
    "esign.nik-missing": 4014,
    "enrolment.already-open": 4024,
    "register.not-on-shelf": FILE_GONE,
    "esign.parameter-missing": 4001,
    "signing.factors-missing": 4001,
    "esign.parameter-malformed": 4002,
    "esign.body-malformed": 4003,
    "esign.base64-malformed": 4004,
    "esign.lengths-differ": 4005,
    "esign.too-many-files": 4006,
    "esign.body-too-large": 4007,
    "pdf.too-large": 4007,
    "esign.still-running": 4091,
    "register.signing-interrupted": 4092,
    "esign.place-missing": 4060,
    "esign.mark-too-long": 4061,
    "pdf.anchor-malformed": 4061,
    "pdf.anchor-not-found": 4062,
    "pdf.page-missing": 4063,
    "pdf.box-off-page": 4064,
    "pdf.box-too-small": 4065,
    "pdf.picture-too-small": 4066,
    "pdf.picture-broken": 4067,
    "pdf.picture-not-supported": 4068,
    "pdf.picture-too-large": 4069,
    "pdf.link-too-long": 4070,
    "esign.every-mark-needs-passphrase": 4071,
    "esign.too-many-marks": 4072,
    "pdf.empty": 4030,
    "pdf.not-a-pdf": 4031,
    "pdf.truncated": 4032,
    "pdf.damaged": 4033,
    "pdf.encrypted": 4034,
    "pdf.password-wrong": 4035,
    "pdf.no-pages": 4036,
    "pdf.too-many-pages": 4037,
    "pdf.certified-no-changes": 4038,
    "signing.certified-without-place": 4039,
    "applications.scope-missing": 4051,
    "applications.quota-used-up": 4052,
    "applications.address-refused": 4053,
    "applications.tls-needed": 4054,
    "web.too-many-questions": 4055,
    "applications.certificate-needed": 4056,
    "upstream.person-unknown": NOT_REGISTERED,
    "upstream.certificate-missing": NO_CERTIFICATE,
    "upstream.certificate-ended": 2022,
    "upstream.certificate-withdrawn": 2023,
    "upstream.passphrase-wrong": WRONG_PASSPHRASE,
    "upstream.code-wrong": 2032,
    "upstream.must-wait": 2033,
    "upstream.passphrase-needed": 2034,
    "relay.too-many-codes": 2033,
    "relay.locked-document": 4034,
    "upstream.outcome-unknown": OUTCOME_UNKNOWN,
    "relay.errand-interrupted": OUTCOME_UNKNOWN,
    "upstream.another-document": OUTCOME_UNKNOWN,
    "upstream.another-signer": OUTCOME_UNKNOWN,
    "upstream.signature-not-good": OUTCOME_UNKNOWN,
    "upstream.refused": 4094,
    "upstream.not-connected": 5034,
    "upstream.unreachable": 5035,
    "upstream.credentials-refused": 5036,
    "upstream.silent": 5037,
    "upstream.fault": 5037,
    "upstream.answer-unusable": 5037,
    "signer.unreachable": 5031,
    "signer.busy": 5032,
    "time.clock-not-trusted": 5033,
}
_BY_CLASS: Final[tuple[tuple[type[AbsahError], int], ...]] = (
    (BadInput, 4000),
    (NotAllowed, 4050),
    (NotFound, 4040),
    (WrongState, 4090),
    (RuleBroken, 4080),
    (Unavailable, 5030),
)
_OTHER: Final = 4099
_REFUSED: Final = 400

#: What clients look for word by word.
_WORDS: Final[Mapping[int, str]] = {
    NOT_REGISTERED: "User tidak terdaftar",
    WRONG_PASSPHRASE: "Passphrase anda salah",
    4014: "NIK harus diisi",
    4024: "NIK telah terdaftar",
    FILE_GONE: "File tidak tersedia, pastikan bahwa dokumen belum di download",
}
#: How sentences begin that go on with our own words.
_BEGINNINGS: Final[Mapping[int, str]] = {4015: "Data tidak sesuai ketentuan : "}
#: Where clients expect another HTTP status than 400.
_STATUSES: Final[Mapping[int, int]] = {
    FILE_GONE: 404,
    4055: 429,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRefusal:
    """A refusal as it leaves: `{"error": sentence, "status_code": number}`, and the status of HTTP.

    `code` is ours, for the records.
    """

    number: int
    sentence: str
    status: int
    code: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object."""
        return {"error": self.sentence, "status_code": self.number}


def refusal_of(error: AbsahError, /) -> WireRefusal:
    """What an application is told. Every sentence says what to do, but for those that clients compare."""
    number = number_of(error)
    return WireRefusal(
        number=number,
        sentence=_WORDS.get(number) or _BEGINNINGS.get(number, "") + _explained(error),
        status=_STATUSES.get(number, _REFUSED),
        code=error.code,
    )


def number_of(error: AbsahError, /) -> int:
    """The number of an error: its own, or that of its class."""
    if error.code in _NUMBERS:
        return _NUMBERS[error.code]
    return next((number for parent, number in _BY_CLASS if isinstance(error, parent)), _OTHER)


def number_of_code(code: str, /) -> int:
    """The number of an error that is known by its code only."""
    return _NUMBERS.get(code, _OTHER)


def numbers() -> Mapping[str, int]:
    """The table, for the documentation and its test."""
    return _NUMBERS


def _explained(error: AbsahError) -> str:
    words = explain(error, Language.INDONESIAN)
    return f"{words.cause} {words.next_step}"


def spring_body(status: int, phrase: str, path: str, /, *, at: Instant) -> dict[str, Any]:
    """The body of what the service itself refuses (401, 404, 405) or cannot do (500): exactly these four keys."""
    return {"timestamp": wire_moment(at), "status": status, "error": phrase, "path": path}


def wire_moment(moment: Instant, /, *, colon: bool = True) -> str:
    """A moment as the wire writes it: milliseconds, and +00:00 (or +0000 in answers about seals)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000") + ("+00:00" if colon else "+0000")
