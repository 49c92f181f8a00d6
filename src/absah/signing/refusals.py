"""The ways in which signing is refused before, or instead of, using a key."""

from typing import ClassVar

from absah.kernel.errors import BadInput, NotAllowed, RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm


class EngineRefused(BadInput):
    """The engine cannot add to this file. `problem` is the library's own short reason, in English."""

    code: ClassVar[str] = "signing.engine-refused"


class ContentsOverflow(WrongState):
    """The CMS is larger than the room reserved for it. Prepare again with more room; the used consent is spent."""

    code: ClassVar[str] = "signing.contents-overflow"


class CertificationFinal(RuleBroken):
    """A certification that permits no changes, of a document that is to change: by later signers, or time-stamps."""

    code: ClassVar[str] = "signing.certification-final"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.8.2.2")


class CertificationNotFirst(RuleBroken):
    """A certification was asked for a document that has a signature already."""

    code: ClassVar[str] = "signing.certification-not-first"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.8.2.2")


class CredentialNotUsable(NotAllowed):
    """The credential is not active. `state` says what it is instead."""

    code: ClassVar[str] = "signing.credential-not-usable"


class CertificateRevoked(NotAllowed):
    """The signer's certificate has been revoked: nothing more is signed with it."""

    code: ClassVar[str] = "signing.certificate-revoked"


class CertificateExpired(NotAllowed):
    """The signer's certificate has expired."""

    code: ClassVar[str] = "signing.certificate-expired"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.RFC_5280, clause="4.1.2.5")


class CertificateNotYetValid(NotAllowed):
    """The signer's certificate is valid only later."""

    code: ClassVar[str] = "signing.certificate-not-yet-valid"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.RFC_5280, clause="4.1.2.5")


class LevelOutOfReach(WrongState):
    """The level wants a time-stamp or revocation data, and nobody here provides them."""

    code: ClassVar[str] = "signing.level-out-of-reach"


class FieldFilled(WrongState):
    """The named signature field holds a signature already."""

    code: ClassVar[str] = "signing.field-filled"


class SeedValuesUnmet(RuleBroken):
    """The field's author demands what this signature does not have. Parameters: field, demand (the entry's name)."""

    code: ClassVar[str] = "signing.seed-values-unmet"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.7.4.5")


class CertifiedWithoutPlace(RuleBroken):
    """The document is certified with P=2 and keeps no place for this signature: a new field would break that."""

    code: ClassVar[str] = "signing.certified-without-place"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.8.2.2")


class PresentationMissing(BadInput):
    """A visible signature was asked for without saying what it shows."""

    code: ClassVar[str] = "signing.presentation-missing"


class BatchMixed(BadInput):
    """One act of a signer covers documents of one credential only, and at least one."""

    code: ClassVar[str] = "signing.batch-mixed"


class SignatureCountWrong(WrongState):
    """The signer answered with another number of signatures than was asked for. None of them is used."""

    code: ClassVar[str] = "signing.signature-count-wrong"
