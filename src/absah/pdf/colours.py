"""sRGB (IEC 61966-2-1) and its grays as CIE-based spaces: exact colours without an output intent (PDF/A)."""

from typing import Final

from absah.pdf.objects import Name, PdfValue

_WHITE_POINT: Final = (0.9505, 1.0, 1.089)

CALRGB: Final[PdfValue] = (
    Name("CalRGB"),
    {
        "WhitePoint": _WHITE_POINT,
        "Gamma": (2.2, 2.2, 2.2),
        "Matrix": (0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505),
    },
)
CALGRAY: Final[PdfValue] = (Name("CalGray"), {"WhitePoint": _WHITE_POINT, "Gamma": 2.2})
