"""The messages between the signer and its clients: JSON, version 1, one request and one reply.

Everything that arrives is parsed into a closed model before anything is done with it; nothing is ever unpickled. An
error travels as its code and parameters and is raised again at the client as the same class.
"""

from typing import Annotated, Final, Literal, TypeAlias, TypeVar, get_args

from pydantic import Field, TypeAdapter, ValidationError

import absah.pki.cms
import absah.pki.requests
import absah.pki.tsp  # noqa: F401 - with the other imports: every error that can arrive is known here
from absah.adapters.signer.errors import MessageRefused, SignerInternal
from absah.adapters.signer.records import KeyKind
from absah.adapters.signer.wire_activation import MOST_ITEMS, ActivationOnWire
from absah.adapters.signer.wire_fields import CredentialName, Octets, SecretOctets, SecretText, WireModel
from absah.adapters.signer.wire_passkeys import NewPasskeyOnWire
from absah.adapters.signer.wire_plans import CrlHeaderOnWire, CrlOnWire, NameOnWire, OcspOnWire, OrderOnWire
from absah.adapters.signer.wire_replies import AnyReply, Failure, Reply
from absah.kernel.errors import AbsahError, Parameter, concrete_errors
from absah.pki.algorithms import KeyAlgorithm, SignatureScheme
from absah.signing.ports import CredentialState

MOST_TIMESTAMPS: Final = 1_000


class _Request(WireModel):
    v: Literal[1] = 1


class Ping(_Request):
    op: Literal["ping"] = "ping"


class Stop(_Request):
    op: Literal["stop"] = "stop"


class CreateKey(_Request):
    op: Literal["create-key"] = "create-key"
    credential: CredentialName
    kind: KeyKind
    algorithm: KeyAlgorithm
    passphrase: SecretText | None
    scheme: SignatureScheme | None = None


class AdoptKey(_Request):
    op: Literal["adopt-key"] = "adopt-key"
    credential: CredentialName
    kind: KeyKind
    token: Annotated[str, Field(max_length=32)]
    key_id: Annotated[Octets, Field(min_length=1, max_length=64)]


class ImportKey(_Request):
    op: Literal["import-key"] = "import-key"
    credential: CredentialName
    kind: KeyKind
    key: SecretOctets


class ListKeys(_Request):
    op: Literal["list-keys"] = "list-keys"
    credentials: tuple[CredentialName, ...] = ()


class ViewTokens(_Request):
    op: Literal["view-tokens"] = "view-tokens"


class AttachCertificate(_Request):
    op: Literal["attach-certificate"] = "attach-certificate"
    credential: CredentialName
    certificate: Octets
    chain: Annotated[tuple[Octets, ...], Field(max_length=8)]


class BindTotp(_Request):
    op: Literal["bind-totp"] = "bind-totp"
    credential: CredentialName
    required: bool
    passphrase: SecretText | None = None


class ConfirmTotp(_Request):
    op: Literal["confirm-totp"] = "confirm-totp"
    credential: CredentialName
    code: SecretText


class ChangeState(_Request):
    op: Literal["change-state"] = "change-state"
    credential: CredentialName
    state: CredentialState


class ChangePassphrase(_Request):
    op: Literal["change-passphrase"] = "change-passphrase"
    credential: CredentialName
    old: SecretText
    new: SecretText


class DropPending(_Request):
    op: Literal["drop-pending"] = "drop-pending"
    credential: CredentialName


class ViewCredential(_Request):
    op: Literal["view-credential"] = "view-credential"
    credential: CredentialName


class BindPasskey(_Request):
    op: Literal["bind-passkey"] = "bind-passkey"
    credential: CredentialName
    passphrase: SecretText | None
    totp: SecretText | None
    passkey: NewPasskeyOnWire


class ReleasePasskey(_Request):
    op: Literal["release-passkey"] = "release-passkey"
    credential: CredentialName
    credential_id: Octets


class ListPasskeys(_Request):
    op: Literal["list-passkeys"] = "list-passkeys"
    credential: CredentialName


class Authorise(_Request, ActivationOnWire):
    op: Literal["authorise"] = "authorise"


class ActivateSeal(_Request):
    op: Literal["activate-seal"] = "activate-seal"
    credential: CredentialName


class _SealCodeRequest(_Request):
    credential: CredentialName
    application: Annotated[str, Field(min_length=1, max_length=128)]
    code: SecretText


class ProlongSeal(_SealCodeRequest):
    op: Literal["prolong-seal"] = "prolong-seal"


class DeactivateSeal(_SealCodeRequest):
    op: Literal["deactivate-seal"] = "deactivate-seal"


class DrawSealCode(_SealCodeRequest):
    op: Literal["draw-seal-code"] = "draw-seal-code"
    files: Annotated[int, Field(ge=1, le=MOST_ITEMS)]


class ConfirmSeal(_Request):
    op: Literal["confirm-seal"] = "confirm-seal"
    credential: CredentialName
    application: Annotated[str, Field(min_length=1, max_length=128)]
    files: Annotated[int, Field(ge=1, le=MOST_ITEMS)]


class Sign(_Request):
    op: Literal["sign"] = "sign"
    consent_id: Annotated[str, Field(max_length=64)]
    signed_attributes: Annotated[tuple[Octets, ...], Field(min_length=1, max_length=MOST_ITEMS)]


class SignAtOnce(_Request, ActivationOnWire):
    """Authorise and sign in one exchange, and stamp each signature value where `tsa` names the key for it."""

    op: Literal["sign-at-once"] = "sign-at-once"
    signed_attributes: Annotated[tuple[Octets, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    tsa: CredentialName | None


class RequestCertificate(_Request):
    op: Literal["request-certificate"] = "request-certificate"
    credential: CredentialName
    subject: NameOnWire


class IssueCertificate(_Request):
    op: Literal["issue-certificate"] = "issue-certificate"
    issuer: CredentialName
    order: OrderOnWire


class BeginIssuance(_Request):
    op: Literal["begin-issuance"] = "begin-issuance"
    issuer: CredentialName
    orders: tuple[OrderOnWire, ...] = Field(min_length=1, max_length=256)


class FinishIssuance(_Request):
    op: Literal["finish-issuance"] = "finish-issuance"
    preparation: Octets


class WithdrawIssuance(_Request):
    op: Literal["withdraw-issuance"] = "withdraw-issuance"
    preparation: Octets


class IssueCrl(_Request):
    op: Literal["issue-crl"] = "issue-crl"
    issuer: CredentialName
    plan: CrlOnWire


class BeginCrl(_Request):
    op: Literal["begin-crl"] = "begin-crl"
    issuer: CredentialName
    header: CrlHeaderOnWire


class AppendToCrl(_Request):
    op: Literal["append-to-crl"] = "append-to-crl"
    draft: Octets
    entries: Octets


class FinishCrl(_Request):
    op: Literal["finish-crl"] = "finish-crl"
    draft: Octets


class RespondOcsp(_Request):
    op: Literal["ocsp-response"] = "ocsp-response"
    responder: CredentialName
    plan: OcspOnWire


class Timestamp(_Request):
    op: Literal["timestamp"] = "timestamp"
    tsa: CredentialName
    request: Octets


class Timestamps(_Request):
    """Many at once: one entry into the journal and one out of it, in place of two for each."""

    op: Literal["timestamps"] = "timestamps"
    tsa: CredentialName
    requests: Annotated[tuple[Octets, ...], Field(min_length=1, max_length=MOST_TIMESTAMPS)]


Request: TypeAlias = (
    Ping
    | Stop
    | CreateKey
    | AdoptKey
    | ImportKey
    | ListKeys
    | ViewTokens
    | AttachCertificate
    | BindTotp
    | BindPasskey
    | ReleasePasskey
    | ListPasskeys
    | ConfirmTotp
    | ChangeState
    | ChangePassphrase
    | DropPending
    | ViewCredential
    | Authorise
    | ActivateSeal
    | ProlongSeal
    | DeactivateSeal
    | DrawSealCode
    | ConfirmSeal
    | Sign
    | SignAtOnce
    | RequestCertificate
    | IssueCertificate
    | BeginIssuance
    | FinishIssuance
    | WithdrawIssuance
    | IssueCrl
    | BeginCrl
    | AppendToCrl
    | FinishCrl
    | RespondOcsp
    | Timestamp
    | Timestamps
)


#: The names of all operations.
OPERATIONS: Final = frozenset(str(kind.model_fields["op"].default) for kind in get_args(Request))


_REQUEST: Final[TypeAdapter[Request]] = TypeAdapter(Annotated[Request, Field(discriminator="op")])
_REPLY: Final[TypeAdapter[Reply]] = TypeAdapter(Annotated[Reply, Field(discriminator="reply")])
_Expected = TypeVar("_Expected", bound=AnyReply)


def parse_request(text: bytes | bytearray, /) -> Request:
    """What a client asks. Raises MessageRefused, which names the kind of fault and never what was sent."""
    try:
        return _REQUEST.validate_json(text)
    except ValidationError as problem:
        raise MessageRefused(problem=_kind_of(problem)) from None


def write_message(message: Request | Reply, /) -> bytearray:
    """The bytes of a message. They may hold a passphrase: the caller wipes them."""
    return bytearray(message.model_dump_json(), "utf-8")


def failure_of(error: AbsahError, /) -> Failure:
    """An error, to be sent."""
    return Failure(error=error.code, parameters=dict(error.parameters))


def parse_reply(text: bytes | bytearray, expected: type[_Expected], /) -> _Expected:
    """The answer, or the error that the signer raised, raised again. Raises MessageRefused for anything else."""
    try:
        answered = _REPLY.validate_json(text)
    except ValidationError as problem:
        raise MessageRefused(problem=_kind_of(problem)) from None
    if isinstance(answered, Failure):
        raise error_for(answered.error, answered.parameters)
    if not isinstance(answered, expected):
        raise MessageRefused(problem="reply")
    return answered


def error_for(code: str, parameters: dict[str, Parameter], /) -> AbsahError:
    """The error of a code; one that this release does not know is an internal error of the signer."""
    for kind in concrete_errors():
        if kind.code == code:
            return kind(**parameters)
    return SignerInternal()


def _kind_of(problem: ValidationError) -> str:
    return problem.errors(include_input=False, include_url=False, include_context=False)[0]["type"]
