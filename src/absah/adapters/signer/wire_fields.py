"""How octets, instants, numbers and secrets are written in a JSON message."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PlainValidator

from absah.kernel.clock import Instant, instant
from absah.kernel.rng import Serial
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId


class WireModel(BaseModel):
    """Strict, closed, frozen; and its errors never repeat what was sent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )


def _read_octets(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("not base64")  # noqa: TRY004 - pydantic turns a ValueError into a finding, not a TypeError
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _read_moment(value: object) -> Instant:
    if isinstance(value, datetime):
        return instant(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 253_402_300_800:
        raise ValueError("not a moment before the year 10000")
    return instant(datetime.fromtimestamp(value, UTC))


def _read_serial(value: object) -> Serial:
    if isinstance(value, int):
        return Serial(value)
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("not a serial number")
    return Serial(int(value, 16))


def _read_secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - as above
    return Secret(value)


def _read_secret_octets(value: object) -> bytearray:
    if isinstance(value, bytearray):
        return value
    return bytearray(_read_octets(value))


Octets: TypeAlias = Annotated[
    bytes, BeforeValidator(_read_octets), PlainSerializer(lambda octets: base64.b64encode(octets).decode("ascii"))
]
Moment: TypeAlias = Annotated[
    datetime, PlainValidator(_read_moment), PlainSerializer(lambda moment: int(moment.timestamp()))
]
SerialNumber: TypeAlias = Annotated[int, PlainValidator(_read_serial), PlainSerializer(lambda serial: f"{serial:x}")]
SecretText: TypeAlias = Annotated[
    Secret, PlainValidator(_read_secret), PlainSerializer(lambda secret: secret.reveal(), return_type=str)
]
#: Octets that whoever uses them wipes, and that no `repr` shows.
SecretOctets: TypeAlias = Annotated[
    bytearray,
    PlainValidator(_read_secret_octets),
    PlainSerializer(lambda octets: base64.b64encode(octets).decode("ascii"), return_type=str),
    Field(repr=False),
]
CredentialName: TypeAlias = Annotated[CredentialId, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}\z")]
