"""A message to a receiver, and the signature by which the receiver knows who wrote it.

The form is that of the Standard Webhooks specification, version 1.0.0, for which libraries exist in most languages:

    webhook-id:        the id of this message, the same at every attempt
    webhook-timestamp: seconds since 1970 of this attempt
    webhook-signature: v1,BASE64 [v1,BASE64 …]

where each BASE64 is HMAC-SHA-256 (RFC 2104) under one of the secrets in force over `ID.TIMESTAMP.BODY`. A receiver
refuses a time-stamp more than `TOLERANCE` away, and an id that it has seen.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any, Final, Self
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.rng import Rng
from absah.notices.webhooks.events import Happening

#: How far the time-stamp of a message may be from the receiver's clock.
TOLERANCE: Final = timedelta(minutes=5)
KIND: Final = "application/json"
_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_WRITER: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class HookSecret:
    """What sender and receiver share. It never prints itself."""

    key: bytes = field(repr=False)

    @classmethod
    def draw(cls, rng: Rng, /) -> Self:
        """A new one."""
        return cls(rng.token(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Read back what `text` wrote. ValueError: it is none."""
        try:
            key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            raise ValueError("not a secret of a webhook") from None
        if not text.startswith(_PREFIX) or len(key) != _SECRET_BYTES:
            raise ValueError("not a secret of a webhook")
        return cls(key)

    @property
    def text(self) -> str:
        """As receivers keep it."""
        return _PREFIX + base64.b64encode(self.key).decode("ascii")

    def sign(self, identifier: UUID, timestamp: int, body: bytes, /) -> str:
        """One signature, with its version."""
        signed = f"{identifier}.{timestamp}.".encode("ascii") + body
        return "v1," + base64.b64encode(hmac.digest(self.key, signed, "sha256")).decode("ascii")


def body_of(happening: Happening, /) -> bytes:
    """What is sent, the same at every attempt: JSON in ASCII (RFC 8259)."""
    data: dict[str, Any] = {"agency": happening.agency, **dict(happening.facts)}
    at = happening.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _WRITER.encode({"type": happening.event.value, "timestamp": at, "data": data}).encode("ascii")


def headers_of(identifier: UUID, body: bytes, secrets: Sequence[HookSecret], /, *, now: Instant) -> Mapping[str, str]:
    """The headers of one attempt, signed under every secret in force. No secret is a programming error."""
    if not secrets:
        raise ValueError("a message that nobody could check is not sent")
    timestamp = int(now.timestamp())
    return {
        "webhook-id": str(identifier),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(secret.sign(identifier, timestamp, body) for secret in secrets),
    }
