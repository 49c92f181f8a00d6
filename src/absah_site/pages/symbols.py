"""The drawings: icons, the mark, the seals, the engraved rosette. A page carries only those it uses."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_SYMBOL = re.compile(r'<symbol id="([a-z-]+)".*?</symbol>', re.DOTALL)


@cache
def drawings() -> dict[str, str]:
    """Every `<symbol>` of `icons.svg`, keyed by its id."""
    sheet = (files("absah_site.pages") / "icons.svg").read_text(encoding="utf-8")
    return {found[1]: found[0] for found in _SYMBOL.finditer(sheet)}


def sprite(names: Iterable[str], /) -> str:
    """The hidden SVG that a page refers to with `<use href="#name">`."""
    body = "".join(drawings()[name] for name in sorted(set(names)))
    return f'<svg width="0" height="0" class="vh" aria-hidden="true">{body}</svg>' if body else ""
