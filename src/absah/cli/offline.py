"""What `lint` and `inspect` share: reading a file, PEM or DER, telling what is in it, and speaking to a person.

Exit statuses: 0 nothing wrong, 1 findings, 64 bad usage, 65 not readable. Nothing here needs an instance.
"""

import argparse
import base64
import binascii
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import NoReturn

from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.messages import Language, explain
from absah.pki import der, oids

_MAXIMUM_SIZE = 128 * 1024 * 1024
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)


class Exit(IntEnum):
    """How an offline command ends."""

    DONE = 0
    FINDINGS = 1
    USAGE = 64
    BAD_INPUT = 65


class InputUnreadable(BadInput):
    """The file is not there, cannot be opened or is too large. Parameters: path, problem."""

    code = "pki.input-unreadable"


class InputUnknown(BadInput):
    """The file holds none of the structures we know. Parameter: path."""

    code = "pki.input-unknown"


class CommandMisused(BadInput):
    """The words of an offline command are not as they should be. Parameter: problem."""

    code = "pki.command-misused"


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


class Parser(argparse.ArgumentParser):
    """Refuses bad usage with a code, as everything in Absah does."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise CommandMisused(problem=message)


def language() -> Language:
    """`$ABSAH_LANG`, else Indonesian."""
    wished = (os.environ.get("ABSAH_LANG") or Language.INDONESIAN)[:2].lower()
    return Language(wished) if wished in set(Language) else Language.INDONESIAN


def guarded(command: Callable[[argparse.Namespace], Exit], parser: Parser, arguments: Sequence[str]) -> int:
    """Parse and run; a refusal becomes words on standard error (or JSON) and an exit status."""
    try:
        return command(parser.parse_args(list(arguments)))
    except SystemExit:  # --help has printed itself
        return Exit.DONE
    except AbsahError as error:
        words = explain(error, language())
        if "--json" in arguments:
            print(json.dumps({"error": words.code, "message": words.cause, "next": words.next_step}))
        else:
            print(f"{words.cause}\n{words.next_step}\n[{words.code}]", file=sys.stderr)
        return Exit.USAGE if isinstance(error, CommandMisused) else Exit.BAD_INPUT


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
    """Raises InputUnreadable, InputUnknown."""
    try:
        with path.open("rb") as source:
            content = source.read(_MAXIMUM_SIZE + 1)
    except OSError as problem:
        raise InputUnreadable(path=str(path), problem=problem.strerror or "?") from problem
    if len(content) > _MAXIMUM_SIZE:
        raise InputUnreadable(path=str(path), problem=f"> {_MAXIMUM_SIZE // 2**20} MiB")
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
