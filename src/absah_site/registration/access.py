"""What the pages of registration read besides enrolment's doors: who signed a letter, until when something is due."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from absah.enrolment.assignment import service_due
from absah.enrolment.request import Completed, Request, Verified
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError
from absah.pki.certificates import load_certificate
from absah.validation.conclusion import Verdict
from absah_site import composition
from absah_site.agreements.access.calendar import work_calendar
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.enrolment.access.handling import promised
from absah_site.pki import access as register
from absah_site.pki.access import RegisteredCertificate
from absah_site.validation.access import report_on


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSignature:
    """Who signed a letter that verifies as a whole, and when."""

    names: tuple[str, ...]
    at: Instant

    @property
    def signed_by(self) -> str:
        """The signers by name."""
        return ", ".join(self.names)[:200]


def own_certificate(found: RegisteredSubscriber, /, *, now: Instant) -> RegisteredCertificate:
    """The certificate in use of a key that is with its holder. Raises CertificateUnknown."""
    held = (one for one in register.certificates_of(found.number.text) if register.is_in_use(one, now=now))
    certificate = next((one for one in held if one.credential is None), None)
    if certificate is None:
        raise register.CertificateUnknown
    return certificate


def own_chain(found: RegisteredSubscriber, /, *, now: Instant) -> bytes:
    """That certificate and those above it, PEM, for the program that signs. Raises CertificateUnknown."""
    held = own_certificate(found, now=now)
    issuer = register.issuer_of(held.certificate)
    above = () if issuer is None else (issuer.certificate, *issuer.chain)
    chain = (held.certificate, *above)
    return b"".join(load_certificate(one).public_bytes(Encoding.PEM) for one in chain)


def is_signed_with(content: bytes, certificate: RegisteredCertificate, /, *, now: Instant) -> bool:
    """Whether the last signature of a document is good, covers all of it and is of this certificate's key."""
    try:
        report = report_on(content, password=None, now=now)
    except AbsahError:
        return False
    if report.verdict is not Verdict.VALID or len(report.signatures) != 1:
        return False
    one = report.signatures[0]
    return one.covers_whole_file and bool(one.chain) and one.chain[0].certificate == certificate.certificate


def service_due_of(state: Request, /) -> Instant | None:
    """Until when a request is to be decided; None: it waits for no decision."""
    if not isinstance(state, Completed | Verified):
        return None
    calendar = work_calendar(legal_date(composition.clock().now()))
    return service_due(state, promised(), calendar)


def letter_signature(letter: bytes, /, *, now: Instant) -> LetterSignature | None:
    """The signature of a letter; None where there is none that this instance finds valid. Never raises over a file."""
    try:
        report = report_on(letter, password=None, now=now)
    except AbsahError:
        return None
    if report.verdict is not Verdict.VALID:
        return None
    names = tuple(dict.fromkeys(one.signer.name for one in report.signatures if one.signer is not None))
    return LetterSignature(names=names, at=report.checked_at) if names else None
