"""Passkeys on the wire: an answer of a device, one that is to be bound, those that are."""

from typing import Annotated

from pydantic import Field

from absah.adapters.signer.wire_fields import Octets, WireModel
from absah.signing.factors import PasskeyAnswer

_SHORT = 1_024
_LONG = 8_192
Site = Annotated[str, Field(min_length=1, max_length=253)]


class AnswerOnWire(WireModel):
    """What a device answered to a challenge."""

    credential_id: Annotated[Octets, Field(min_length=1, max_length=_SHORT)]
    authenticator_data: Annotated[Octets, Field(max_length=_LONG)]
    client_data: Annotated[Octets, Field(max_length=_LONG)]
    signature: Annotated[Octets, Field(max_length=_LONG)]

    @classmethod
    def write(cls, answer: PasskeyAnswer, /) -> "AnswerOnWire":
        """A value, to be sent."""
        return cls(
            credential_id=answer.credential_id,
            authenticator_data=answer.authenticator_data,
            client_data=answer.client_data,
            signature=answer.signature,
        )

    def read(self) -> PasskeyAnswer:
        """The value."""
        return PasskeyAnswer(
            credential_id=self.credential_id,
            authenticator_data=self.authenticator_data,
            client_data=self.client_data,
            signature=self.signature,
        )


class NewPasskeyOnWire(WireModel):
    """A passkey that is to be bound: its site, its public key (COSE_Key), and its answer to the binding's challenge."""

    site: Site
    public_key: Annotated[Octets, Field(min_length=1, max_length=_LONG)]
    answer: AnswerOnWire


class PasskeyEntry(WireModel):
    """A passkey that is bound."""

    credential_id: Octets
    site: Site
