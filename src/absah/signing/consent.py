"""The moment a signer's agreement meets a prepared document.

EN 419 241-1 asks that a signature activation is bound to the signer and to the data to be signed. Factors never appear
here: the signer process has turned them into a consent, or refused.
"""

from typing import ClassVar

from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed, WrongState
from absah.kernel.refs import Citation, Norm
from absah.signing.ports import SignerConsent
from absah.signing.request import Authorised, Prepared

_ACTIVATION = Citation(norm=Norm.EN_419_241_1, clause="SRA_SAP")


class ConsentOfAnother(NotAllowed):
    """The consent was given by another signer."""

    code = "signing.consent-of-another"
    citation: ClassVar[Citation | None] = _ACTIVATION


class ConsentForOther(NotAllowed):
    """The consent was given for another document."""

    code = "signing.consent-for-other"
    citation: ClassVar[Citation | None] = _ACTIVATION


class ConsentNotCurrent(WrongState):
    """The consent is not valid yet, or no longer."""

    code = "signing.consent-not-current"
    citation: ClassVar[Citation | None] = _ACTIVATION


def authorise(prepared: Prepared, consent: SignerConsent, /, *, now: Instant) -> Authorised:
    """Bind a consent to a prepared document. Raises when it is another's, for another document, or out of date."""
    if consent.credential != prepared.draft.credential:
        raise ConsentOfAnother
    if prepared.digest not in consent.digests:
        raise ConsentForOther
    if not consent.given_at <= now < consent.expires_at:
        raise ConsentNotCurrent
    return Authorised(prepared=prepared, consent=consent)
