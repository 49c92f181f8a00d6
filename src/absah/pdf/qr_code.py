"""A QR code in a third of a millisecond: byte mode, versions 1 to 15, the highest error correction that fits.

A signature's code is new each time, so it has to be cheap. What depends on the version alone is computed once: where
each bit goes, the function patterns, the eight masks. A symbol is one large integer, a row after the other with four
light modules between them, and once more by columns; the penalties of a mask are then a few shifts and a population
count over the whole symbol. Norm: ISO/IEC 18004:2015; clause and table numbers are its.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, product, zip_longest
from operator import itemgetter
from typing import Final

LAST_VERSION: Final = 15
_GAP: Final = 4  # light modules between rows: as many as the penalty for false finders looks at
_BYTE_MODE: Final = 0b0100
_PADDING: Final = bytes((0xEC, 0x11))


@dataclass(frozen=True, slots=True)
class _Level:
    """An error correction level: its two bits (Table 12); for each version octets per block, and blocks (Table 9)."""

    bits: int
    correction: tuple[int, ...]
    blocks: tuple[int, ...]


_LEVELS: Final = (
    _Level(
        bits=0b00,  # M: at least 15 % may be lost
        correction=(10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24),
        blocks=(1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10),
    ),
    # What fits at Q in version 5, or at H in version 2, already fits at M in the version before.
    _Level(bits=0b11, correction=(13, 22, 18, 26), blocks=(1, 1, 2, 2)),  # Q: 25 %
    _Level(bits=0b10, correction=(17,), blocks=(1,)),  # H: 30 %
)

# Table 10: which modules a mask turns over.
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda _, y: y % 2 == 0,
    lambda x, _: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (x // 3 + y // 2) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A symbol: `modules` are its rows of `0` and `1` (dark), each followed by `gap` zeros."""

    size: int
    version: int
    mask: int
    modules: str

    gap = _GAP

    def dark(self, x: int, y: int, /) -> bool:
        """Whether a module is dark; `x` from the left, `y` from the top."""
        return self.modules[y * (self.size + _GAP) + x] == "1"


def encode(content: bytes, /) -> QrCode:
    """The smallest symbol of level M or better. Raises ValueError when the content is too long for it."""
    version, level = _fitting(len(content))
    form = _form(version)
    codewords = _with_correction(_data(content, version, level), version, level)
    bits = format(int.from_bytes(codewords, "big"), f"0{8 * len(codewords)}b") + "01"
    rows, columns = form.laid_out(bits)
    mask = min(range(len(_MASKS)), key=lambda number: _penalty(form, rows, columns, number))
    marked = rows ^ form.row_masks[mask] | _format_bits(version, level.bits, mask)
    return QrCode(form.size, version, mask, format(marked, f"0{form.size * form.stride}b"))


# --- which symbol


def _fitting(length: int) -> tuple[int, _Level]:
    for version in range(1, LAST_VERSION + 1):
        fitting = [level for level in _LEVELS if version <= len(level.blocks) and length <= _room(version, level)]
        if fitting:
            return version, fitting[-1]
    raise ValueError("too long for a QR code")


def _room(version: int, level: _Level) -> int:
    """Octets of content: without the mode and the count (Table 3: eight bits of it, sixteen from version 10)."""
    return _data_codewords(version, level) - (2 if version < 10 else 3)


def _data_codewords(version: int, level: _Level) -> int:
    return _codewords(version) - level.correction[version - 1] * level.blocks[version - 1]


@lru_cache(maxsize=LAST_VERSION)
def _codewords(version: int) -> int:
    """Octets of a symbol, error correction included: what the function patterns leave."""
    size = 17 + 4 * version
    return (size * size - len(_function_modules(version))) // 8


# --- data and error correction (§7.4, §7.5)


def _data(content: bytes, version: int, level: _Level) -> bytes:
    counted = 8 if version < 10 else 16
    room = _data_codewords(version, level)
    head = _BYTE_MODE << counted | len(content)
    # Four bits of mode push everything by half an octet; the terminator is the half octet at the end.
    stream = (head << 8 * len(content) | int.from_bytes(content, "big")) << 4
    used = stream.to_bytes((4 + counted + 8 * len(content) + 4) // 8, "big")
    return used + (_PADDING * room)[: room - len(used)]


def _with_correction(data: bytes, version: int, level: _Level) -> bytes:
    """Blocks with their error correction, interleaved (§7.6)."""
    count, degree = level.blocks[version - 1], level.correction[version - 1]
    each, longer = divmod(len(data), count)
    edges = [number * each + max(0, number - (count - longer)) for number in range(count + 1)]
    blocks = [data[start:end] for start, end in pairwise(edges)]
    corrections = [_correction(block, degree) for block in blocks]
    if count == 1:
        return blocks[0] + corrections[0]
    interleaved = chain.from_iterable(zip_longest(*blocks))
    return bytes(octet for octet in interleaved if octet is not None) + bytes(
        chain.from_iterable(zip(*corrections, strict=True))
    )


def _correction(block: bytes, degree: int) -> bytes:
    """The remainder of the division by the generator, all coefficients in one integer."""
    multiples = _multiples(degree)
    top, keep = 8 * (degree - 1), (1 << 8 * degree) - 1
    remainder = 0
    for octet in block:
        remainder = (remainder << 8 & keep) ^ multiples[remainder >> top ^ octet]
    return remainder.to_bytes(degree, "big")


def _times(left: int, right: int) -> int:
    """Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    found = 0
    while right:
        if right & 1:
            found ^= left
        left = left << 1 ^ (0x11D if left & 0x80 else 0)
        right >>= 1
    return found


@lru_cache(maxsize=32)
def _multiples(degree: int) -> tuple[int, ...]:
    """The generator polynomial of a degree without its first coefficient, times each element of the field."""
    generator = [1]
    root = 1
    for _ in range(degree):
        shifted = [*generator, 0]
        generator = [a ^ _times(b, root) for a, b in zip(shifted, [0, *generator], strict=True)]
        root = _times(root, 2)
    return tuple(int.from_bytes(bytes(_times(term, factor) for term in generator[1:]), "big") for factor in range(256))


# --- the form of a version


@dataclass(frozen=True, slots=True)
class _Form:
    """What all symbols of a version share. Integers have the upper left module as their highest bit."""

    size: int
    stride: int
    by_row: Callable[[str], tuple[str, ...]]
    by_column: Callable[[str], tuple[str, ...]]
    row_masks: tuple[int, ...]
    column_masks: tuple[int, ...]
    symbol: int
    everything: int

    def laid_out(self, bits: str) -> tuple[int, int]:
        """The symbol by rows and by columns, before it is masked and without format information."""
        return int("".join(self.by_row(bits)), 2), int("".join(self.by_column(bits)), 2)


@lru_cache(maxsize=LAST_VERSION)
def _form(version: int) -> _Form:
    size = 17 + 4 * version
    stride = size + _GAP
    fixed = _function_modules(version)
    places = {module: number for number, module in enumerate(_placement(size, fixed))}
    bits = 8 * _codewords(version)
    light, dark = bits, bits + 1  # the two constants that stand behind the bits

    def source(x: int, y: int) -> int:
        if x >= size or y >= size:
            return light
        if (x, y) in fixed:
            return dark if fixed[x, y] else light
        return min(places[x, y], light)  # §7.7.3: what remains at the end is light

    rows = [(x, y) for y in range(size) for x in range(stride)]
    columns = [(x, y) for x in range(size) for y in range(stride)]
    return _Form(
        size=size,
        stride=stride,
        by_row=itemgetter(*(source(x, y) for x, y in rows)),
        by_column=itemgetter(*(source(x, y) for x, y in columns)),
        row_masks=tuple(_number((x, y) in places and turn(x, y) for x, y in rows) for turn in _MASKS),
        column_masks=tuple(_number((x, y) in places and turn(x, y) for x, y in columns) for turn in _MASKS),
        symbol=_number(x < size for x, _ in rows),
        everything=(1 << size * stride + _GAP) - 1,
    )


def _number(modules: Iterator[bool]) -> int:
    return int("".join("1" if module else "0" for module in modules), 2)


def _function_modules(version: int) -> dict[tuple[int, int], bool]:
    """Finders, timing, alignment, and the places of format and version information (§6.3, §7.9, §7.10)."""
    size = 17 + 4 * version
    modules: dict[tuple[int, int], bool] = {}
    for step in range(size):
        modules[step, 6] = modules[6, step] = step % 2 == 0
    for centre in ((3, 3), (size - 4, 3), (3, size - 4)):
        modules |= {(x, y): ring not in {2, 4} for x, y, ring in _around(*centre, 4) if 0 <= x < size and 0 <= y < size}
    for centre in _alignment_centres(version):
        modules |= {(x, y): ring != 1 for x, y, ring in _around(*centre, 2)}
    for step in (*range(9), *range(size - 8, size)):
        modules.setdefault((8, step), False)
        modules.setdefault((step, 8), False)
    modules[8, size - 8] = True
    if version >= 7:
        information = version << 12 | _checked(version, 0x1F25, 12)
        for number in range(18):
            place = (size - 11 + number % 3, number // 3)
            modules[place] = modules[place[::-1]] = bool(information >> number & 1)
    return modules


def _around(across: int, down: int, most: int) -> Iterator[tuple[int, int, int]]:
    """Modules of a square around a centre, each with the number of its ring."""
    for x, y in product(range(-most, most + 1), repeat=2):
        yield across + x, down + y, max(abs(x), abs(y))


def _alignment_centres(version: int) -> list[tuple[int, int]]:
    """Annex E: a grid, evenly spaced from the far edge, its first line at 6; none where the finders are."""
    if version == 1:
        return []
    gaps = version // 7 + 1
    last = 4 * version + 10
    step = -(-(last - 6) // (2 * gaps)) * 2
    lines = (6, *(last - step * number for number in reversed(range(gaps))))
    return [centre for centre in product(lines, lines) if centre not in {(6, 6), (6, last), (last, 6)}]


def _placement(size: int, fixed: dict[tuple[int, int], bool]) -> Iterator[tuple[int, int]]:
    """The free modules in the order of the bits: pairs of columns from the right, up and down in turn (§7.7.3)."""
    upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for y in reversed(range(size)) if upwards else range(size):
            yield from (module for module in ((right, y), (right - 1, y)) if module not in fixed)
        upwards = not upwards


@lru_cache(maxsize=256)
def _format_bits(version: int, level: int, mask: int) -> int:
    """Format information in its two places (§7.9.1, Figure 25), by rows."""
    size, data = 17 + 4 * version, level << 3 | mask
    bits = (data << 10 | _checked(data, 0x537, 10)) ^ 0x5412
    first = [*((8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)), *((x, 8) for x in (7, 5, 4, 3, 2, 1, 0))]
    second = [*((size - 1 - x, 8) for x in range(8)), *((8, size - 7 + y) for y in range(7))]
    stride, made = size + _GAP, 0
    for number, (x, y) in (*enumerate(first), *enumerate(second)):
        if bits >> number & 1:
            made |= 1 << (size * stride - 1 - (y * stride + x))
    return made


def _checked(data: int, generator: int, length: int) -> int:
    """The check bits of a BCH code."""
    remainder = data << length
    while remainder.bit_length() > length:
        remainder ^= generator << remainder.bit_length() - generator.bit_length()
    return remainder


# --- masks (§7.8.3, Table 11)


def _penalty(form: _Form, rows: int, columns: int, mask: int) -> int:
    dark = rows ^ form.row_masks[mask]
    light = dark ^ form.symbol
    score = 0
    for colour in (dark, light):
        pairs = colour & colour >> 1
        score += 3 * (pairs & pairs >> form.stride).bit_count()
    score += _line_penalty(dark, light, dark ^ form.everything)
    down = columns ^ form.column_masks[mask]
    score += _line_penalty(down, down ^ form.symbol, down ^ form.everything)
    total = form.size * form.size
    return score + 10 * (abs(20 * dark.bit_count() - 10 * total) // total)


def _line_penalty(dark: int, light: int, white: int) -> int:
    """Along the lines of one direction. `white` is light with what lies around and between the lines."""
    score = 0
    for colour in (dark, light):
        pairs = colour & colour >> 1
        fives = pairs & pairs >> 2 & colour >> 4
        score += fives.bit_count() + 2 * (fives & ~(fives >> 1)).bit_count()
    finders = dark & light >> 1 & dark >> 2 & dark >> 3 & dark >> 4 & light >> 5 & dark >> 6
    if finders:
        pairs = white & white >> 1
        fours = pairs & pairs >> 2
        score += 40 * (finders & (fours >> 7 | fours << 4)).bit_count()
    return score
