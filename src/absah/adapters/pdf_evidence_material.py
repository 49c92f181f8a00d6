"""The validation material that a document carries in its DSS (EN 319 142-1 §5.4.2), unpacked within limits."""

import hashlib
import zlib
from typing import Any

import pikepdf

from absah.validation.evidence import Material

MAXIMUM_RELATED = 200
MAXIMUM_MATERIAL = 2000
MAXIMUM_PIECE = 8 * 1024 * 1024


def read_material(pdf: pikepdf.Pdf) -> Material:
    """What the DSS holds (EN 319 142-1 §5.4.2), that of its VRI dictionaries included."""
    store = pdf.Root.get("/DSS")
    if not isinstance(store, pikepdf.Dictionary):
        return Material()
    found = Material(
        certificates=_pieces(store.get("/Certs")), crls=_pieces(store.get("/CRLs")), ocsps=_pieces(store.get("/OCSPs"))
    )
    related = store.get("/VRI")
    if isinstance(related, pikepdf.Dictionary):
        for key in list(related.keys())[:MAXIMUM_RELATED]:
            entry = related[key]
            if isinstance(entry, pikepdf.Dictionary):
                found = found.joined(
                    Material(
                        certificates=_pieces(entry.get("/Cert")),
                        crls=_pieces(entry.get("/CRL")),
                        ocsps=_pieces(entry.get("/OCSP")),
                    )
                )
    return found


def _pieces(listed: Any) -> tuple[bytes, ...]:
    if not isinstance(listed, pikepdf.Array):
        return ()
    pieces = (_piece(item) for item in list(listed)[:MAXIMUM_MATERIAL] if isinstance(item, pikepdf.Stream))
    return tuple(piece for piece in pieces if piece)


def _piece(stream: Any) -> bytes:
    """A stream's data, unpacked up to a limit. Filters other than Flate have no business here."""
    raw = bytes(stream.read_raw_bytes())
    wrapped = stream.get("/Filter")
    if isinstance(wrapped, pikepdf.Array) and len(wrapped) == 1:
        wrapped = wrapped[0]
    if wrapped is None or (isinstance(wrapped, pikepdf.Array) and len(wrapped) == 0):
        return raw if len(raw) <= MAXIMUM_PIECE else b""
    if str(wrapped) != "/FlateDecode" or "/DecodeParms" in stream:
        return b""
    opener = zlib.decompressobj()
    data = opener.decompress(raw, MAXIMUM_PIECE)
    return b"" if opener.unconsumed_tail else data


def fingerprints(material: Material) -> frozenset[bytes]:
    """The SHA-256 of every piece."""
    pieces = (*material.certificates, *material.crls, *material.ocsps)
    return frozenset(hashlib.sha256(piece).digest() for piece in pieces)
