"""What can go wrong between us and the service, and above all whether a signature may exist.

    nothing was sent        Unreachable                     tried again by the adapter; nothing happened
    it said no              PassphraseWrong, CodeWrong, …   nothing was signed
    nobody knows            OutcomeUnknown                  a person decides; nothing is sent again by itself

Only reading has a fourth: Silent and Fault, after which reading again is safe.
"""

from absah.kernel.errors import BadInput, NotAllowed, NotFound, Parameter, Unavailable, WrongState


class Unreachable(Unavailable):
    """No connection, or none that can be trusted: certainly nothing was sent. Parameter: problem."""

    code = "upstream.unreachable"


class Silent(Unavailable):
    """The service took a question that changes nothing and did not answer it whole. Parameter: problem."""

    code = "upstream.silent"


class Fault(Unavailable):
    """The service failed on a question that changes nothing. Parameter: status."""

    code = "upstream.fault"


class OutcomeUnknown(WrongState):
    """The signature may have been made, and we do not have it. Parameter: problem."""

    code = "upstream.outcome-unknown"

    def __init__(self, *, number: str = "", **parameters: Parameter) -> None:
        super().__init__(**parameters)
        #: Under which the document can be fetched once, where the service said so before the line was cut.
        self.number = number


class AnswerUnusable(BadInput):
    """An answer that says nothing we can use. Parameter: problem."""

    code = "upstream.answer-unusable"


class CredentialsRefused(NotAllowed):
    """The service does not know our name and password, or does not let in this address."""

    code = "upstream.credentials-refused"


class PersonUnknown(NotFound):
    """The service does not know this person."""

    code = "upstream.person-unknown"


class CertificateMissing(WrongState):
    """The person has no certificate there that could be used. Parameter: status."""

    code = "upstream.certificate-missing"


class CertificateEnded(WrongState):
    """The certificate there has ended."""

    code = "upstream.certificate-ended"


class CertificateWithdrawn(WrongState):
    """The certificate there is suspended or revoked."""

    code = "upstream.certificate-withdrawn"


class PassphraseWrong(NotAllowed):
    """The passphrase is not the one of the certificate."""

    code = "upstream.passphrase-wrong"


class CodeWrong(NotAllowed):
    """The one-time code is wrong, used, or too old."""

    code = "upstream.code-wrong"


class MustWait(NotAllowed):
    """Too many wrong attempts, or too many questions."""

    code = "upstream.must-wait"


class PassphraseNeeded(BadInput):
    """Version 1 of the wire signs with a passphrase, not with a one-time code alone."""

    code = "upstream.passphrase-needed"


class RefusedThere(BadInput):
    """The service said no for a reason of its own. Parameters: number, says (its words, without digits of people)."""

    code = "upstream.refused"


class NotConnected(WrongState):
    """This instance names no such service, or has no name and password for it."""

    code = "upstream.not-connected"


class AnotherDocument(BadInput):
    """What came back is not the document that was sent with one signature more. Parameter: problem."""

    code = "upstream.another-document"


class AnotherSigner(BadInput):
    """What came back was signed with a certificate that is not this person's."""

    code = "upstream.another-signer"


class SignatureNotGood(BadInput):
    """What came back is signed, and the signature does not hold. Parameter: problem."""

    code = "upstream.signature-not-good"
