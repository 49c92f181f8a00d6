"""What `lint` and `inspect` share: reading a file, PEM or DER, and telling what is in it. No instance is needed."""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from absah.cli.terminal import Parser, add_common_options, read_file
from absah.kernel.errors import AbsahError, BadInput
from absah.pki import der, oids

_MAXIMUM_SIZE = 128 * 1024 * 1024
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)


class InputUnknown(BadInput):
    """The file holds none of the structures we know. Parameter: path."""

    code = "pki.input-unknown"


class Kind(StrEnum):
    """A structure that a file can hold."""

    CERTIFICATE = "certificate"
    CRL = "crl"
    OCSP_RESPONSE = "ocsp-response"
    CMS = "cms"
    TIMESTAMP_TOKEN = "timestamp-token"  # noqa: S105  (a time-stamp token)
    TIMESTAMP_RESPONSE = "timestamp-response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds, in DER."""

    path: Path
    kind: Kind
    der: bytes


def parser_for(name: str, purpose: str, /) -> Parser:
    """The options that both commands have."""
    parser = Parser(prog=f"absah {name}", description=purpose)
    parser.add_argument("file", type=Path, metavar="FILE", help="PEM or DER")
    add_common_options(parser)
    return parser


def unwrap_pem(content: bytes, /, *, path: Path) -> bytes:
    """The first block of a PEM file, or the content itself when it is none. Raises InputUnknown."""
    if b"-----BEGIN " not in content[:65536]:
        return content
    block = _PEM.search(content)
    if block is None:
        raise InputUnknown(path=str(path))
    try:
        return base64.b64decode(b"".join(block[2].split()), validate=True)
    except binascii.Error:
        raise InputUnknown(path=str(path)) from None


def read_document(path: Path, /) -> Document:
    """Raises FileUnreadable, InputUnknown."""
    content = read_file(path, limit=_MAXIMUM_SIZE)
    encoded = unwrap_pem(content, path=path)
    try:
        kind = _recognise(encoded)
    except AbsahError:
        kind = None
    if kind is None:
        raise InputUnknown(path=str(path))
    return Document(path=path, kind=kind, der=encoded)


def _recognise(encoded: bytes) -> Kind | None:
    """By the first elements alone; whether the rest is right, the parser of that kind will say."""
    parts = der.Reader(encoded, "file").read(der.SEQUENCE).reader()
    first = parts.read()
    if first.tag == der.ENUMERATED:
        return Kind.OCSP_RESPONSE
    if first.tag == der.OID:
        return _recognise_cms(parts)
    if first.tag != der.SEQUENCE:
        return None
    inner = [element.tag for element in first.reader()]
    rest = [element.tag for element in parts]
    if rest == [der.SEQUENCE, der.BIT_STRING]:
        # A list's fourth field is a time; a certificate has no time at that level.
        is_list = der.UTC_TIME in inner or der.GENERALIZED_TIME in inner
        return Kind.CRL if is_list else Kind.CERTIFICATE
    return Kind.TIMESTAMP_RESPONSE if inner[:1] == [der.INTEGER] and len(rest) <= 1 else None


def _recognise_cms(parts: der.Reader) -> Kind:
    fields = parts.read(0xA0).reader().read(der.SEQUENCE).reader()
    fields.read(der.INTEGER)
    fields.read(der.SET)
    content_type = fields.read(der.SEQUENCE).reader().read(der.OID).oid()
    return Kind.TIMESTAMP_TOKEN if content_type == oids.TST_INFO else Kind.CMS
