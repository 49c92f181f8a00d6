"""Values as PDF writes them (ISO 32000-1 §7.3). Inverse of `absah.pdf.reader.syntax`."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from absah.pdf.reader.syntax import Raw, Reference

_TO_ESCAPE = re.compile(rb"[^!-~]|[#()<>\[\]{}/%]")
_IN_STRING = re.compile(rb"[()\\\r]")


@lru_cache(maxsize=1024)
def written_name(name: bytes, /) -> Raw:
    """A name, with its slash; what is not a regular character as #xx."""
    return b"/" + _TO_ESCAPE.sub(lambda match: b"#%02X" % match[0][0], name)


def written_string(value: bytes, /) -> Raw:
    """A string, literal."""
    return b"(" + _IN_STRING.sub(lambda match: b"\\r" if match[0] == b"\r" else b"\\" + match[0], value) + b")"


@lru_cache(maxsize=1024)  # the same names of fields and of signers, again and again
def written_text(text: str, /) -> Raw:
    """A text string: as it is where ASCII is enough, else UTF-16 (ISO 32000-1 §7.9.2.2)."""
    if text.isascii():
        return written_string(text.encode("ascii"))
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode("ascii") + b">"


def written_number(value: float, /) -> Raw:
    """A number, with at most four decimals: finer than any printer."""
    if isinstance(value, int):
        return b"%d" % value
    return (b"%.4f" % value).rstrip(b"0").rstrip(b".") or b"0"


def written_date(moment: datetime, /) -> Raw:
    """A date with its offset, `(D:20261121101500+07'00')` (ISO 32000-1 §7.9.4)."""
    offset = moment.utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds()) // 60
    return b"(D:%04d%02d%02d%02d%02d%02d%s%02d'%02d')" % (
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second,
        b"-" if minutes < 0 else b"+", *divmod(abs(minutes), 60),
    )  # fmt: skip


def written_array(items: list[Raw], /) -> Raw:
    """An array of written values."""
    return b"[" + b" ".join(items) + b"]"


def written_dictionary(entries: Mapping[bytes, Raw], /) -> Raw:
    """A dictionary of written values."""
    return b"<<%s>>" % b"\n".join([b"%s %s" % (written_name(key), value) for key, value in entries.items()])


def with_reference(array: Raw, reference: Reference, /) -> Raw:
    """A written array with one more item at its end, the others untouched."""
    return array[:-1] + b" " + reference.written + b"]"
