"""What travels between the signer and a token's worker: JSON frames over a socket pair that nobody else can reach.

No PIN travels: the worker reads its file itself. Only digests (or what stands around them in PKCS #1) go in, only
signatures and public keys come out.
"""

from typing import Annotated, Final, Literal, TypeAlias, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from absah.adapters.pkcs11.errors import TokenFailed
from absah.adapters.signer.wire_fields import Octets, WireModel
from absah.kernel.errors import AbsahError, concrete_errors
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, SignatureScheme


class Hello(WireModel):
    """The first message: which token to open. Nothing of it is secret; the worker reads the PIN's file itself."""

    op: Literal["hello"] = "hello"
    name: str
    module: str
    label: str
    serial: str
    pin_file: str


class Describe(WireModel):
    """What kind of token it is and which keys lie in it."""

    op: Literal["describe"] = "describe"


class Generate(WireModel):
    """Make a key pair that never leaves the token."""

    op: Literal["generate"] = "generate"
    key_id: Octets
    label: str
    algorithm: KeyAlgorithm


class Find(WireModel):
    """The public half of a key that was made by others, once it is certain that the private half cannot leave."""

    op: Literal["find"] = "find"
    key_id: Octets


class Sign(WireModel):
    """Sign a digest. For PKCS #1 v1.5 the worker writes the DigestInfo around it (RFC 8017 §9.2)."""

    op: Literal["sign"] = "sign"
    key_id: Octets
    scheme: SignatureScheme
    digest: DigestAlgorithm
    hashed: Octets
    salt_length: int


class Destroy(WireModel):
    """Remove a key pair. One that is not there is removed already."""

    op: Literal["destroy"] = "destroy"
    key_id: Octets


Order: TypeAlias = Hello | Describe | Generate | Find | Sign | Destroy


class Described(WireModel):
    """The token as its module describes it; `keys` are the identities of its private keys."""

    reply: Literal["described"] = "described"
    label: str
    serial: str
    manufacturer: str
    model: str
    keys: tuple[Octets, ...]


class Answered(WireModel):
    """A public key (SPKI DER) or a signature (ECDSA as r and s of equal length), or nothing."""

    reply: Literal["answered"] = "answered"
    octets: Octets


class Refused(WireModel):
    """An error by its code."""

    reply: Literal["refused"] = "refused"
    error: str
    parameters: dict[str, str | int]


Answer: TypeAlias = Described | Answered | Refused

_ORDER: Final[TypeAdapter[Order]] = TypeAdapter(Annotated[Order, Field(discriminator="op")])
_ANSWER: Final[TypeAdapter[Answer]] = TypeAdapter(Annotated[Answer, Field(discriminator="reply")])
_Expected = TypeVar("_Expected", Described, Answered)


def parse_order(text: bytes | bytearray, /) -> Order:
    """What the signer wants. It is our own process: anything else is a fault."""
    return _ORDER.validate_json(text)


def parse_answer(text: bytes | bytearray, expected: type[_Expected], token: str, /) -> _Expected:
    """The answer, or the error that the worker met. Raises TokenFailed for what is no answer."""
    try:
        answer = _ANSWER.validate_json(text)
    except ValidationError:
        raise TokenFailed(token=token, problem="answer") from None
    if isinstance(answer, Refused):
        raise error_of(answer)
    if not isinstance(answer, expected):
        raise TokenFailed(token=token, problem="answer")
    return answer


def refused(error: AbsahError, /) -> Refused:
    """An error, to be sent."""
    return Refused(error=error.code, parameters=dict(error.parameters))


def error_of(answer: Refused, /) -> AbsahError:
    """The error of a code; ours are all known, since both ends are of one release."""
    known = {kind.code: kind for kind in concrete_errors()}
    return known[answer.error](**answer.parameters)
