"""The CMS structures of one document, each read once: a signature is asked for its parts by several stages."""

from typing import final

from absah.kernel.errors import AbsahError
from absah.pki.cms import SignedData, parse_signed_data
from absah.validation.ber import definite


@final
class Containers:
    """Reads and remembers. What cannot be read is refused each time with the same error."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, SignedData | AbsahError] = {}

    def signed_data(self, cms: bytes, /) -> SignedData:
        """The SignedData of a CMS, in BER as others write it or in DER. Raises coded errors of `absah.pki`."""
        found = self._known.get(cms)
        if found is None:
            try:
                found = parse_signed_data(definite(cms))
            except AbsahError as problem:
                found = problem
            self._known[cms] = found
        if isinstance(found, AbsahError):
            raise found
        return found
