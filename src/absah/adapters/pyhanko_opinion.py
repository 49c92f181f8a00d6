"""pyHanko's analysis of later revisions, as a second opinion: it can make our answer more severe, never milder.

It is known to accept two published attacks (so it is never asked alone), and to fail on honest files with missing
objects (so that its failing is no finding).
"""

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from absah.pdf.reader.source import Document, as_file
from absah.validation.evidence import SecondOpinion

if TYPE_CHECKING:  # loading pyHanko takes longer than judging a document, and few documents need it
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


class SecondReader:
    """One document in pyHanko's eyes. Opened only when somebody asks."""

    def __init__(self, document: Document, password: str | None) -> None:
        self._document = document
        self._password = password

    @cached_property
    def _signatures(self) -> "dict[str, EmbeddedPdfSignature]":
        from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415  (see above)

        try:
            reader = PdfFileReader(as_file(self._document), strict=False)
            if self._password is not None:
                reader.decrypt(self._password)
            return {signature.field_name: signature for signature in reader.embedded_signatures}
        except Exception:  # noqa: BLE001  (a second opinion may fail in any way; it is then no opinion)
            return {}

    def opinion_on(self, field_name: str) -> SecondOpinion:
        """What pyHanko makes of everything that came after this signature."""
        from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel  # noqa: PLC0415  (see above)

        signature = self._signatures.get(field_name)
        if signature is None:
            return SecondOpinion.UNAVAILABLE
        try:
            signature.compute_integrity_info()
            result: object = signature.diff_result
        except Exception:  # noqa: BLE001  (see above)
            return SecondOpinion.UNAVAILABLE
        if result is None:
            return SecondOpinion.UNAVAILABLE
        if isinstance(result, DiffResult) and result.modification_level <= ModificationLevel.FORM_FILLING:
            return SecondOpinion.AGREES
        return SecondOpinion.SUSPICIOUS
