"""Time-stamps from this instance's own authority: the key is in the signer process, the protocol is RFC 3161's."""

from collections.abc import Callable
from typing import Protocol, final

from absah.kernel.rng import Rng
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import TimestampRequest, build_timestamp_request, parse_timestamp_response
from absah.signing.ports import CredentialId

_NONCE_BYTES = 8


class TimestampDesk(Protocol):
    """The part of the signer process that stamps."""

    def timestamp(self, tsa: CredentialId, request_der: bytes, /) -> bytes:
        """A TimeStampResp (DER) for a TimeStampReq."""
        ...

    def timestamps(self, tsa: CredentialId, requests: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """One for each of many."""
        ...


@final
class LocalTimestamps:
    """Fills `absah.signing.ports.TimestampSource`. `check_clock` raises where the clock may not be stamped with."""

    def __init__(
        self, desk: TimestampDesk, tsa: CredentialId, rng: Rng, /, *, check_clock: Callable[[], None] | None = None
    ) -> None:
        self._desk = desk
        self._check_clock = check_clock or (lambda: None)
        self._tsa = tsa
        self._rng = rng

    def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
        """The token over an imprint.

        Raises TimestampRejected, and `Unavailable` when the clock is not trusted or the signer does not answer.
        """
        self._check_clock()
        return parse_timestamp_response(self._desk.timestamp(self._tsa, self._request(imprint, digest)))

    def timestamps(self, imprints: tuple[bytes, ...], digest: DigestAlgorithm, /) -> tuple[bytes, ...]:
        """The tokens over many imprints, in one errand. Raises the same."""
        self._check_clock()
        requests = tuple(self._request(imprint, digest) for imprint in imprints)
        return tuple(map(parse_timestamp_response, self._desk.timestamps(self._tsa, requests)))

    def _request(self, imprint: bytes, digest: DigestAlgorithm) -> bytes:
        nonce = int.from_bytes(self._rng.token(_NONCE_BYTES), "big")
        return build_timestamp_request(TimestampRequest(digest_algorithm=digest, imprint=imprint, nonce=nonce))
