"""Breaking text into lines that fit, with the widths of the font that will be embedded."""

from absah.pdf.fonts import EmbeddedFont

_ELLIPSIS = "…"


def wrapped(text: str, font: EmbeddedFont, size: float, width: float, /) -> tuple[str, ...]:
    """Lines no longer than `width`, broken at blanks; a word that is too long by itself is broken where it must be."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if font.width(joined, size) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, font, size, width)
        lines += full
    return (*lines, line) if line else tuple(lines)


def balanced(text: str, font: EmbeddedFont, size: float, width: float, /) -> tuple[str, ...]:
    """As few lines as `wrapped` needs, but none much shorter than the others: for centred text."""
    lines = wrapped(text, font, size, width)
    for percent in range(95, 45, -5):
        narrower = wrapped(text, font, size, width * percent / 100)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def shortened(lines: tuple[str, ...], most: int, font: EmbeddedFont, size: float, width: float) -> tuple[str, ...]:
    """At most `most` lines, the last one ending in an ellipsis when some are left out."""
    if len(lines) <= most:
        return lines
    if most <= 0:
        return ()
    last = lines[most - 1]
    while last and font.width(last + _ELLIPSIS, size) > width:
        last = last[:-1].rstrip()
    return (*lines[: most - 1], last + _ELLIPSIS)


def _broken(word: str, font: EmbeddedFont, size: float, width: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and font.width(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
