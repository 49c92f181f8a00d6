"""The signing engine of an instance: ours, and pyHanko for what ours declines (design D2, D3).

Which of the two signed is told to whoever asks to be told; what is refused by both is refused in pyHanko's words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from absah.pdf.reader.source import ByteSource, Document
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.engine.reasons import Declined
from absah.signing.material import ValidationMaterial
from absah.signing.ports import DocumentEngine, ReservedDocument, SignatureField

_Result = TypeVar("_Result")


@cache
def _pyhanko() -> DocumentEngine:
    """Loaded at its first use: it takes longer than starting all of the rest, and most processes never need it."""
    from absah.adapters.pyhanko_engine import PyHankoEngine  # noqa: PLC0415  (see above)

    return PyHankoEngine()


def _nobody(_refusal: Declined) -> None:
    """The listener of those who do not want to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenEngine:
    """Tries `fast`; what it declines goes to what `careful` gives. `on_declined` hears of each time."""

    fast: DocumentEngine = field(default_factory=FastEngine)
    careful: Callable[[], DocumentEngine] = _pyhanko
    on_declined: Callable[[Declined], None] = _nobody

    def prepare(self, document: Document, field: SignatureField, /, *, password: str | None = None) -> ReservedDocument:
        """See `DocumentEngine`."""
        return self._first(lambda engine: engine.prepare(document, field, password=password))

    def prepare_timestamp(
        self,
        document: Document,
        reserve: int,
        /,
        *,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        password: str | None = None,
    ) -> ReservedDocument:
        """See `DocumentEngine`."""
        return self._first(lambda engine: engine.prepare_timestamp(document, reserve, digest=digest, password=password))

    def embed_material(
        self, document: Document, material: ValidationMaterial, /, *, password: str | None = None
    ) -> ByteSource:
        """See `DocumentEngine`."""
        return self._first(lambda engine: engine.embed_material(document, material, password=password))

    def _first(self, action: Callable[[DocumentEngine], _Result]) -> _Result:
        try:
            return action(self.fast)
        except Declined as refusal:
            self.on_declined(refusal)
        return action(self.careful())
