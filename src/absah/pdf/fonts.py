"""Subsets of the shipped font, ready to be embedded.

Every text we draw carries its own font, as an Identity-H CIDFontType2 with widths and ToUnicode (ISO 32000-1 §9.7): a
name is then never garbled by a missing font, can be copied and searched, and PDF/A stays PDF/A (ISO 19005-2 §6.2.11).
fontTools takes a tenth of a second to import, and is imported by whoever really draws.
"""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files

from absah.pdf.objects import Indirect, Name, PdfValue, Stream

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_KEPT = 256
_BFCHAR_BLOCK = 100  # a CMap lists at most 100 mappings at a time


class Face(Enum):
    """A face of the shipped family."""

    REGULAR = "NotoSans-Regular"
    BOLD = "NotoSans-Bold"


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character's place in the subset and its advance in thousandths of an em."""

    number: int
    advance: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbeddedFont:
    """A subset for one set of characters. Measures are in thousandths of an em.

    A subset is made once and is equal to itself only: what is derived from it can be kept without comparing programs.
    """

    name: str
    program: bytes
    glyphs: tuple[tuple[str, Glyph], ...]
    glyph_count: int
    ascent: float
    descent: float
    cap_height: float
    bounds: tuple[float, float, float, float]
    stem: int

    def width(self, text: str, size: float, /) -> float:
        """How long the text is at this size, in the unit of `size`."""
        table = _table(self)
        return sum(_glyph(table, character).advance for character in text) * size / 1000.0

    def show(self, text: str, /) -> bytes:
        """The operand of Tj for this text."""
        table = _table(self)
        return b"<" + b"".join(b"%04X" % _glyph(table, character).number for character in text) + b">"

    def as_object(self) -> PdfValue:
        """The font dictionary and everything under it."""
        descriptor: PdfValue = {
            "Type": Name("FontDescriptor"),
            "FontName": Name(self.name),
            "Flags": 4,  # symbolic: the glyphs are found by number, not by a standard encoding
            "FontBBox": self.bounds,
            "ItalicAngle": 0,
            "Ascent": self.ascent,
            "Descent": self.descent,
            "CapHeight": self.cap_height,
            "StemV": self.stem,
            "FontFile2": Stream({"Length1": len(self.program)}, self.program),
            "CIDSet": Stream({}, _all_of(self.glyph_count)),  # PDF/A-1 wants it of a subset (ISO 19005-1 §6.3.5)
        }
        descendant: PdfValue = {
            "Type": Name("Font"),
            "Subtype": Name("CIDFontType2"),
            "BaseFont": Name(self.name),
            "CIDSystemInfo": {"Registry": b"Adobe", "Ordering": b"Identity", "Supplement": 0},
            "FontDescriptor": Indirect(descriptor),
            "DW": 1000,
            "W": _widths(self.glyphs),
            "CIDToGIDMap": Name("Identity"),
        }
        return {
            "Type": Name("Font"),
            "Subtype": Name("Type0"),
            "BaseFont": Name(self.name),
            "Encoding": Name("Identity-H"),
            "DescendantFonts": (Indirect(descendant),),
            "ToUnicode": Stream({}, _to_unicode(self.glyphs)),
        }


def font_for(face: Face, *texts: str) -> EmbeddedFont:
    """A subset with every character of these texts. One that the face lacks is drawn as U+FFFD, so that it is seen."""
    return _subset(face, "".join(sorted({character for text in texts for character in printable(text)})))


def printable(text: str, /) -> str:
    """The text composed (NFC), its white space single blanks, and without control or bidirectional marks."""
    return _printable(text)


@lru_cache(maxsize=1024)
def _printable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(c for c in composed if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join(kept.split())


@lru_cache(maxsize=_KEPT)
def _table(font: EmbeddedFont) -> dict[str, Glyph]:
    return dict(font.glyphs)


def _glyph(table: dict[str, Glyph], character: str) -> Glyph:
    return table.get(character) or table[_REPLACEMENT]


@lru_cache(maxsize=4)
def _program(face: Face) -> bytes:
    return (files("absah.pdf") / "fonts" / f"{face.value}.ttf").read_bytes()


@lru_cache(maxsize=_KEPT)
def _subset(face: Face, characters: str) -> EmbeddedFont:
    from fontTools import subset  # noqa: PLC0415  (see above)
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (see above)

    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[], drop_tables=["GSUB", "GPOS", "GDEF"]
    )
    font = TTFont(io.BytesIO(_program(face)), lazy=True, recalcTimestamp=False)
    shrinker = subset.Subsetter(options=options)
    shrinker.populate(text=characters + _REPLACEMENT)
    shrinker.subset(font)
    written = io.BytesIO()
    font.save(written)
    scale = 1000.0 / font["head"].unitsPerEm
    mapped: dict[int, str] = font.getBestCmap()
    glyphs = tuple(
        (chr(code), Glyph(font.getGlyphID(name), round(font["hmtx"][name][0] * scale, 1)))
        for code, name in sorted(mapped.items())
    )
    head, metrics = font["head"], font["OS/2"]
    return EmbeddedFont(
        name=f"{_tag(face, characters)}+{face.value}",
        program=written.getvalue(),
        glyphs=glyphs,
        glyph_count=font["maxp"].numGlyphs,
        ascent=round(font["hhea"].ascent * scale),
        descent=round(font["hhea"].descent * scale),
        cap_height=round(metrics.sCapHeight * scale),
        bounds=tuple(round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)),
        stem=140 if face is Face.BOLD else 85,
    )


def _tag(face: Face, characters: str) -> str:
    """Six capitals that name this subset (ISO 32000-1 §9.6.4): the same characters give the same tag."""
    number = int.from_bytes(hashlib.sha256(f"{face.value}:{characters}".encode()).digest()[:8], "big")
    letters = ""
    for _ in range(6):
        number, letter = divmod(number, 26)
        letters += chr(ord("A") + letter)
    return letters


def _all_of(count: int) -> bytes:
    """A bit for each glyph of the program from number 0, the first one the highest (ISO 32000-1 Table 124)."""
    spare = -count % 8
    return ((1 << count) - 1 << spare).to_bytes((count + spare) // 8, "big")


def _widths(glyphs: tuple[tuple[str, Glyph], ...]) -> PdfValue:
    listed: list[PdfValue] = []
    for glyph in sorted({glyph.number: glyph for _, glyph in glyphs}.values(), key=lambda glyph: glyph.number):
        listed += [glyph.number, (glyph.advance,)]
    return tuple(listed)


def _to_unicode(glyphs: tuple[tuple[str, Glyph], ...]) -> bytes:
    meanings = {glyph.number: character for character, glyph in reversed(glyphs)}
    lines = [f"<{number:04X}> <{meanings[number].encode('utf-16-be').hex().upper()}>" for number in sorted(meanings)]
    blocks = [lines[start : start + _BFCHAR_BLOCK] for start in range(0, len(lines), _BFCHAR_BLOCK)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
