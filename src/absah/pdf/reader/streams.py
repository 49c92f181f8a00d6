"""Decoding the few streams that the structure of a file lives in: Flate, with or without a predictor, within limits.

A bomb is a small stream that becomes a large one; deflate cannot do better than 1 : 1032, so a limit on the result
alone still lets little input make much work, and the ratio is limited too.
"""

import zlib
from itertools import accumulate
from typing import Final

from absah.pdf.reader.refusals import LimitExceeded, StreamBroken
from absah.pdf.reader.syntax import Entries, as_array, as_dictionary, as_integer, as_name

MOST_ENCODED: Final = 16 << 20
MOST_DECODED: Final = 32 << 20
_FREE_OF_RATIO: Final = 1 << 20
_HIGHEST_RATIO: Final = 200
_LONGEST_ROW: Final = 64


def decoded(entries: Entries, data: bytes, /, *, most: int = MOST_DECODED) -> bytes:
    """The data of a stream behind its filter. Raises StreamBroken, LimitExceeded."""
    if not _is_compressed(entries):
        return data
    return _undone(inflated(data, most=most), _predictor(entries))


def inflated(data: bytes, /, *, most: int = MOST_DECODED) -> bytes:
    """What zlib makes of it. Raises StreamBroken, LimitExceeded."""
    allowed = min(most, max(_FREE_OF_RATIO, _HIGHEST_RATIO * len(data)))
    machine = zlib.decompressobj()
    try:
        result = machine.decompress(data, allowed + 1)
    except zlib.error as problem:
        raise StreamBroken(problem="flate") from problem
    if len(result) > allowed:
        raise LimitExceeded(limit="inflation")
    if not machine.eof:
        raise StreamBroken(problem="flate")
    return result


class Rows:
    """The rows of a cross-reference stream. A predictor is undone for the columns asked for, at the speed of sums."""

    __slots__ = ("_columns", "_data", "_plain", "_stride", "width")

    def __init__(self, entries: Entries, data: bytes, width: int) -> None:
        self.width = width
        compressed = _is_compressed(entries)
        raw = inflated(data) if compressed else data
        predictor = _predictor(entries) if compressed else None
        self._columns: dict[int, list[int]] = {}
        self._stride = width + 1
        # ISO 32000-1 §7.4.4.4: each row of a PNG prediction begins with its filter. Up (2) on every row, which is what
        # everybody writes, makes a column the running sum of its bytes.
        sums = (
            predictor == width
            and len(raw) % self._stride == 0
            and raw[:: self._stride].count(2) * self._stride == len(raw)
        )
        self._plain = None if sums else _undone(raw, predictor)
        self._data = raw

    def __len__(self) -> int:
        return len(self._plain) // self.width if self._plain is not None else len(self._data) // self._stride

    def row(self, index: int) -> bytes:
        """The bytes of one row."""
        if self._plain is not None:
            return self._plain[index * self.width : (index + 1) * self.width]
        return bytes([self._column(column)[index] & 0xFF for column in range(1, self._stride)])

    def _column(self, column: int) -> list[int]:
        sums = self._columns.get(column)
        if sums is None:
            sums = self._columns[column] = list(accumulate(self._data[column :: self._stride]))
        return sums


def _is_compressed(entries: Entries) -> bool:
    names = _single(entries.get(b"Filter"))
    if names is None:
        return False
    if as_name(names) not in {b"FlateDecode", b"Fl"}:
        raise StreamBroken(problem="filter")
    return True


def _single(raw: bytes | None) -> bytes | None:
    """A value, or the one item of an array."""
    items = as_array(raw)
    if items is None:
        return None if raw == b"null" else raw
    if len(items) > 1:
        raise StreamBroken(problem="filter")
    return _single(items[0]) if items and not items[0].startswith(b"[") else None


def _predictor(entries: Entries) -> int | None:
    """The length of a predicted row in bytes; None without prediction."""
    written = _single(entries.get(b"DecodeParms"))
    if written is None:
        return None
    parameters = as_dictionary(written)
    if parameters is None:
        raise StreamBroken(problem="parameters")
    kind = as_integer(parameters.get(b"Predictor", b"1"))
    if kind == 1:
        return None
    columns = as_integer(parameters.get(b"Columns", b"1"))
    plain = parameters.get(b"Colors", b"1") == b"1" and parameters.get(b"BitsPerComponent", b"8") == b"8"
    if kind is None or not 10 <= kind <= 15 or columns is None or not 1 <= columns <= _LONGEST_ROW or not plain:
        raise StreamBroken(problem="predictor")
    return columns


def _undone(data: bytes, columns: int | None) -> bytes:
    """PNG prediction taken back, row by row (PNG specification §9; one byte a pixel)."""
    if columns is None:
        return data
    if len(data) > MOST_DECODED // 8:
        raise LimitExceeded(limit="prediction")
    above = bytes(columns)
    rows: list[bytes] = []
    for start in range(0, len(data) - columns, columns + 1):
        above = _row(data[start], data[start + 1 : start + 1 + columns], above)
        rows.append(above)
    return b"".join(rows)


def _row(kind: int, row: bytes, above: bytes) -> bytes:
    if kind == 0:
        return row
    if kind == 2:
        return bytes([(value + up) & 0xFF for value, up in zip(row, above, strict=True)])
    if kind > 4:
        raise StreamBroken(problem="predictor")
    made = bytearray()
    left = corner = 0
    for value, up in zip(row, above, strict=True):
        guess = left if kind == 1 else (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        left, corner = (value + guess) & 0xFF, up
        made.append(left)
    return bytes(made)


def _paeth(left: int, up: int, corner: int) -> int:
    """Whichever of the three is nearest to left + up - corner, in this order where they tie."""
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))
