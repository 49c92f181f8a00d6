"""What the signer answers: one model a reply."""

from typing import Literal, TypeAlias

from absah.adapters.signer.records import KeyKind
from absah.adapters.signer.wire_activation import ConsentOnWire
from absah.adapters.signer.wire_fields import CredentialName, Moment, Octets, SecretText, WireModel
from absah.adapters.signer.wire_passkeys import PasskeyEntry
from absah.pki.algorithms import KeyAlgorithm, SignatureScheme
from absah.signing.ports import CredentialState


class AnyReply(WireModel):
    """What all replies have."""

    v: Literal[1] = 1


class Done(AnyReply):
    """It was done, and there is nothing to say about it."""

    reply: Literal["done"] = "done"


class OctetsReply(AnyReply):
    reply: Literal["octets"] = "octets"
    octets: Octets


class OctetsListReply(AnyReply):
    reply: Literal["octets-list"] = "octets-list"
    items: tuple[Octets, ...]


class SignaturesReply(AnyReply):
    reply: Literal["signatures"] = "signatures"
    signatures: tuple[Octets, ...]


class TextReply(AnyReply):
    reply: Literal["text"] = "text"
    text: SecretText


class InfoReply(AnyReply):
    reply: Literal["info"] = "info"
    process: int
    release: str
    interrupted: int


class ViewReply(AnyReply):
    reply: Literal["view"] = "view"
    certificate: Octets
    chain: tuple[Octets, ...]
    algorithm: KeyAlgorithm
    state: CredentialState
    scheme: SignatureScheme | None = None


class KeyEntry(WireModel):
    """A credential, and where its private key lives."""

    credential: CredentialName
    kind: KeyKind
    algorithm: KeyAlgorithm
    state: CredentialState
    place: str
    public_key: Octets


class KeysReply(AnyReply):
    reply: Literal["keys"] = "keys"
    keys: tuple[KeyEntry, ...]


class TokenEntry(WireModel):
    """A token. With a problem, the code of an error, nothing else is known of it."""

    name: str
    label: str
    serial: str
    manufacturer: str
    model: str
    keys: tuple[str, ...]
    problem: str


class TokensReply(AnyReply):
    reply: Literal["tokens"] = "tokens"
    tokens: tuple[TokenEntry, ...]


class PasskeysReply(AnyReply):
    reply: Literal["passkeys"] = "passkeys"
    passkeys: tuple[PasskeyEntry, ...]


class CodeReply(AnyReply):
    """A code, empty where the asker has it, and the end of its life."""

    reply: Literal["code"] = "code"
    code: SecretText
    until: Moment


class ConsentReply(AnyReply, ConsentOnWire):
    reply: Literal["consent"] = "consent"


class SignedAtOnceReply(AnyReply):
    reply: Literal["signed-at-once"] = "signed-at-once"
    consent: ConsentReply
    signatures: tuple[Octets, ...]
    tokens: tuple[Octets, ...]


class Failure(AnyReply):
    """An error by its code."""

    reply: Literal["failure"] = "failure"
    error: str
    parameters: dict[str, str | int]


Reply: TypeAlias = (
    Done
    | OctetsReply
    | OctetsListReply
    | SignaturesReply
    | TextReply
    | InfoReply
    | ViewReply
    | KeysReply
    | TokensReply
    | PasskeysReply
    | ConsentReply
    | SignedAtOnceReply
    | CodeReply
    | Failure
)
