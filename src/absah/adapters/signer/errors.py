"""Every way in which the signer refuses. They travel over its wire by code and are raised again at the client."""

from typing import ClassVar

from absah.kernel.errors import BadInput, NotAllowed, NotFound, RuleBroken, Unavailable, WrongState
from absah.kernel.refs import Citation, Norm


class SignerUnreachable(Unavailable):
    """No signer process answers, or it went away before it had answered."""

    code = "signer.unreachable"


class SignerNotStarted(Unavailable):
    """A signer process was started and ended before it was ready; its log says why."""

    code = "signer.not-started"


class SignerBusy(Unavailable):
    """More work is waiting than the signer takes on at once."""

    code = "signer.busy"


class DerivationLost(Unavailable):
    """The process that stretches a passphrase ended, and so did the one after it; or none could be started."""

    code = "signer.derivation-lost"


class SignerInternal(Unavailable):
    """A fault of ours inside the signer. Details are in its log only."""

    code = "signer.internal"


class SignerAlreadyRunning(WrongState):
    """Another signer process owns this data folder."""

    code = "signer.already-running"


class StoreUnusable(Unavailable):
    """The key store cannot be opened, or is of a newer release."""

    code = "signer.store-unusable"


class MessageRefused(BadInput):
    """A message that is not one of ours. Parameter: problem."""

    code = "signer.message-refused"


class PeerRefused(NotAllowed):
    """The process at the other end runs as a user who may not speak to the signer."""

    code = "signer.peer-refused"


class OperationRefused(NotAllowed):
    """The process at the other end may speak to the signer, and not ask for this. Parameter: operation."""

    code = "signer.operation-refused"


class CredentialUnknown(NotFound):
    """There is no such credential."""

    code = "signer.credential-unknown"


class CredentialExists(WrongState):
    """There is a credential of this name already; its key is never replaced."""

    code = "signer.credential-exists"


class CredentialPending(WrongState):
    """The credential has no certificate yet."""

    code = "signer.credential-pending"


class CredentialNotPending(WrongState):
    """The credential has a certificate, so it can no longer be dropped."""

    code = "signer.credential-not-pending"


class CredentialSuspended(WrongState):
    """The credential is suspended."""

    code = "signer.credential-suspended"


class CredentialRevoked(WrongState):
    """The credential is revoked, which is for ever."""

    code = "signer.credential-revoked"


class CertificateExpired(WrongState):
    """The certificate's validity has ended."""

    code = "signer.certificate-expired"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.RFC_5280, clause="4.1.2.5")


class CertificateNotYetValid(WrongState):
    """The certificate's validity has not begun."""

    code = "signer.certificate-not-yet-valid"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.RFC_5280, clause="4.1.2.5")


class CertificateForeign(BadInput):
    """The certificate is for another key than the credential's."""

    code = "signer.certificate-foreign"


class CertificateUnfit(RuleBroken):
    """A certificate whose purpose does not fit the credential's kind. Parameter: kind."""

    code = "signer.certificate-unfit"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.RFC_5280, clause="4.2.1.9")


class ChainBroken(BadInput):
    """The certificates do not form a chain: one does not sign the one before it."""

    code = "signer.chain-broken"


class WrongPassphrase(NotAllowed):
    """The passphrase is wrong. Parameter: left, the attempts before a waiting time begins."""

    code = "signer.wrong-passphrase"


class SealNotActivated(WrongState):
    """Nobody has drawn a code of activation for this seal, or its day is over."""

    code = "signer.seal-not-activated"


class WrongTotp(NotAllowed):
    """The one-time code is wrong or was used before. Parameter: left."""

    code = "signer.wrong-totp"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.RFC_6238, clause="5.2")


class WrongPasskey(NotAllowed):
    """The passkey's answer is not to these documents, was used before, or its owner was not known. Parameter: left."""

    code = "signer.wrong-passkey"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_419_241_1, clause="SRA_SAP")


class PasskeyUnfit(BadInput):
    """What is to be bound is no passkey that answered to this key."""

    code = "signer.passkey-unfit"


class PasskeyAlreadyBound(WrongState):
    """This passkey agrees for this key already."""

    code = "signer.passkey-already-bound"


class TooManyPasskeys(WrongState):
    """As many passkeys as a key may have are bound. Parameter: most."""

    code = "signer.too-many-passkeys"


class MustWait(NotAllowed):
    """Too many wrong attempts from this application. Parameter: seconds, still to wait."""

    code = "signer.must-wait"


class FactorMissing(NotAllowed):
    """This credential wants a factor that was not shown. Parameter: factor."""

    code = "signer.factor-missing"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.PP_71_2019, clause="64")


class FactorNotBound(NotAllowed):
    """A factor was shown that this credential does not have. Parameter: factor."""

    code = "signer.factor-not-bound"


class ConsentUnknown(NotAllowed):
    """The consent has expired, was withdrawn, or was never given here."""

    code = "signer.consent-unknown"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_419_241_1, clause="SRA_SAP")


class DigestNotConsented(NotAllowed):
    """A document that the signer did not agree to, or one that this consent has signed already."""

    code = "signer.digest-not-consented"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_419_241_1, clause="SRA_SAP")


class AttributesRefused(RuleBroken):
    """Signed attributes that this signer does not sign. Parameter: attribute."""

    code = "signer.attributes-refused"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_319_142_1, clause="5.3")


class TotpAlreadyBound(WrongState):
    """An authenticator app is bound to this credential, and is not replaced."""

    code = "signer.totp-already-bound"


class KindRefused(NotAllowed):
    """A key of this kind does not do this. Parameters: kind, operation."""

    code = "signer.kind-refused"


class ProtectionRefused(BadInput):
    """A key of this kind is not protected this way. Parameter: kind."""

    code = "signer.protection-refused"


class CrlDraftUnknown(NotFound):
    """No such list is being made: its five minutes are over, or a part of it was refused."""

    code = "signer.crl-draft-unknown"


class PreparationUnknown(NotFound):
    """No such certificates are being prepared: their minute is over, or they were issued or withdrawn."""

    code = "signer.preparation-unknown"


class IssuerForeign(BadInput):
    """The order names another issuer than the credential's certificate."""

    code = "signer.issuer-foreign"
