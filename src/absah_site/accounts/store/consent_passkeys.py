"""A passkey over a challenge that says what is agreed to, for whoever asks for consent: not a way to sign in.

The challenge is the caller's, such as the SHA-256 of a list of digests (decision D8); the answer proves that this
person unlocked this passkey over exactly that. What it takes to check it again elsewhere comes with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from fido2 import cbor
from fido2.webauthn import AuthenticationResponse, UserVerificationRequirement

from absah.signing.factors import PasskeyAnswer
from absah_site.accounts.models import User
from absah_site.accounts.store.factors import UNREADABLE

_UNLOCKED: Final = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyProof:
    """That a passkey was unlocked over a challenge (W3C WebAuthn §7.2). The key is a COSE_Key (RFC 9052).

    `site` is the name that it was made for (RP ID).
    """

    site: str
    credential_id: bytes
    public_key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def question(user: User, challenge: bytes, /, *, only: frozenset[bytes] | None = None) -> Mapping[str, Any] | None:
    """What the browser asks, of all passkeys or only of some; None: the person has none of them."""
    known = [one for one in webauthn.get_credentials(user) if only is None or one.credential_id in only]
    if not known:
        return None
    options, _state = webauthn.get_server().authenticate_begin(known, _UNLOCKED, challenge)
    return dict(options)


def names(user: User, /) -> dict[bytes, str]:
    """The person's own word for each passkey, by its id."""
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at", "pk")
    found = {}
    for row in rows:
        wrapped = row.wrap()
        data = wrapped.authenticator_data.credential_data
        if data is not None:
            found[bytes(data.credential_id)] = wrapped.name
    return found


def spelled_answer(answer: object, /) -> PasskeyAnswer | None:
    """An answer as the browser sends it, read and not judged."""
    if not isinstance(answer, dict):
        return None
    try:
        said = AuthenticationResponse.from_dict(answer)
    except UNREADABLE:
        return None
    return PasskeyAnswer(
        credential_id=bytes(said.raw_id),
        authenticator_data=bytes(said.response.authenticator_data),
        client_data=bytes(said.response.client_data),
        signature=bytes(said.response.signature),
    )


def proof(user: User, challenge: bytes, answer: object, /) -> PasskeyProof | None:
    """Check an answer. None: another challenge, another's passkey, not unlocked, or no answer at all."""
    if not isinstance(answer, dict):
        return None
    server, known = webauthn.get_server(), webauthn.get_credentials(user)
    try:
        _options, state = server.authenticate_begin(known, _UNLOCKED, challenge)
        used = server.authenticate_complete(state, known, answer)
        said = AuthenticationResponse.from_dict(answer).response
    except UNREADABLE:
        return None
    return PasskeyProof(
        site=str(server.rp.id),
        credential_id=bytes(used.credential_id),
        public_key=cbor.encode(used.public_key),
        authenticator_data=bytes(said.authenticator_data),
        client_data=bytes(said.client_data),
        signature=bytes(said.signature),
    )
