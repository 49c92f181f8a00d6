"""The validation material that a document carries in its DSS (EN 319 142-1 §5.4.2), unpacked within limits."""

import hashlib
import zlib
from typing import Any, final

import pikepdf

from absah.validation.evidence import Material

MAXIMUM_RELATED = 200
MAXIMUM_MATERIAL = 2000
MAXIMUM_PIECE = 8 * 1024 * 1024
MAXIMUM_UNPACKED = 64 * 1024 * 1024


@final
class _Unpacking:
    """Unpacks the streams of one store: each once, and all of them within one limit.

    A reference costs six bytes and a packed stream a thousandth of what is in it: without this, a file of a few
    kilobytes fills the memory.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}
        self._left = MAXIMUM_UNPACKED

    def pieces(self, listed: Any, /) -> tuple[bytes, ...]:
        if not isinstance(listed, pikepdf.Array):
            return ()
        found = (self._piece(item) for item in list(listed)[:MAXIMUM_MATERIAL] if isinstance(item, pikepdf.Stream))
        return tuple(dict.fromkeys(piece for piece in found if piece))

    def _piece(self, stream: Any) -> bytes:
        known = self._known.get(stream.objgen)
        if known is None:
            known = b""
            if self._left:
                known, spent = _unpacked(stream, min(MAXIMUM_PIECE, self._left))
                self._left -= spent
            self._known[stream.objgen] = known
        return known


def read_material(pdf: pikepdf.Pdf) -> Material:
    """What the DSS holds (EN 319 142-1 §5.4.2), that of its VRI dictionaries included. Each piece of a list once."""
    store = pdf.Root.get("/DSS")
    if not isinstance(store, pikepdf.Dictionary):
        return Material()
    unpacking = _Unpacking()
    found = [_material(unpacking, store, ("/Certs", "/CRLs", "/OCSPs"))]
    related = store.get("/VRI")
    if isinstance(related, pikepdf.Dictionary):
        entries = (related[key] for key in list(related.keys())[:MAXIMUM_RELATED])
        named = ("/Cert", "/CRL", "/OCSP")
        found += [_material(unpacking, entry, named) for entry in entries if isinstance(entry, pikepdf.Dictionary)]
    return Material(
        certificates=tuple(dict.fromkeys(piece for one in found for piece in one.certificates)),
        crls=tuple(dict.fromkeys(piece for one in found for piece in one.crls)),
        ocsps=tuple(dict.fromkeys(piece for one in found for piece in one.ocsps)),
    )


def _material(unpacking: _Unpacking, entry: Any, keys: tuple[str, str, str]) -> Material:
    certificates, crls, ocsps = (unpacking.pieces(entry.get(key)) for key in keys)
    return Material(certificates=certificates, crls=crls, ocsps=ocsps)


def _unpacked(stream: Any, most: int) -> tuple[bytes, int]:
    """A stream's data, and how much was unpacked for it. Filters other than Flate have no business here."""
    raw = bytes(stream.read_raw_bytes())
    wrapped = stream.get("/Filter")
    if isinstance(wrapped, pikepdf.Array) and len(wrapped) == 1:
        wrapped = wrapped[0]
    if wrapped is None or (isinstance(wrapped, pikepdf.Array) and len(wrapped) == 0):
        return (raw, len(raw)) if len(raw) <= most else (b"", 0)
    if str(wrapped) != "/FlateDecode" or "/DecodeParms" in stream:
        return b"", 0
    opener = zlib.decompressobj()
    data = opener.decompress(raw, most)
    return b"" if opener.unconsumed_tail else data, len(data)


def fingerprints(material: Material) -> frozenset[bytes]:
    """The SHA-256 of every piece."""
    pieces = (*material.certificates, *material.crls, *material.ocsps)
    return frozenset(hashlib.sha256(piece).digest() for piece in pieces)
