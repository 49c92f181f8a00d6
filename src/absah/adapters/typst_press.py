"""The press: typesets our documents with typst into PDF/A that is PDF/UA as well (design D10).

Templates lie in `press/`, with what they share in `house.typ`; only fonts that come with the package are used, so that
a page looks the same on every machine. The data go in as JSON and are never parsed as markup: a name cannot smuggle in
code. Each paper claims PDF/UA-1 (ISO 14289-1): typst refuses what it can tell, a drawing without words, say; the rest
is in the templates, and `tests/unit/adapters/test_papers.py` and veraPDF look at what comes out.
"""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias

import typst

from absah.agreements.face import Face
from absah.agreements.words import written_date
from absah.kernel.errors import RuleBroken

Standard: TypeAlias = Literal["a-2a", "a-3a"]
_PDF_A: Final = "a-2a"  # tagged, so that a screen reader can follow
_PDF_UA: Final = "ua-1"
_HOUSE: Final = "house"


class PressRefused(RuleBroken):
    """The typesetter refused its template or data: a fault of ours, told with the typesetter's words."""

    code = "press.refused"


def press_agreement(face: Face, /) -> bytes:
    """The agreement, with each party's anchor alone on its line under the signature block."""
    data = asdict(face) | {"dated": written_date(face.dated)}
    return press("agreement", data, dated=face.dated)


def press(template: str, data: dict[str, Any], /, *, dated: date, standard: Standard = _PDF_A) -> bytes:
    """Typeset one of our templates with JSON data; `dated` becomes the document's date, so that bytes repeat.

    `standard` is the part and level of PDF/A; only a-3 may carry attachments.
    """
    try:
        pages = typst.compile(  # type: ignore[call-overload]  # its stub leaves out input of several files
            {"main.typ": _template(template), "house.typ": _template(_HOUSE)},
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format="pdf",
            pdf_standards=[standard, _PDF_UA],
            timestamp=datetime.combine(dated, time(12), tzinfo=UTC),
        )
    except (RuntimeError, typst.TypstError) as error:
        raise PressRefused(template=template, problem=str(error)[:200]) from None
    return bytes(pages)


def _template(name: str, /) -> bytes:
    return (files("absah.adapters") / "press" / f"{name}.typ").read_bytes()
