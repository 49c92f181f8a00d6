"""How certificates are searched by name: a subject's name as people type it."""

import re
from typing import Final

_ATTRIBUTE: Final = r"(?:^|[,+]){}=((?:\\.|[^,+\\])*)"
_COMMON_NAME, _ORGANISATION = (re.compile(_ATTRIBUTE.format(key)) for key in ("CN", "O"))
_ESCAPED: Final = re.compile(r"\\(.)")
_LONGEST: Final = 128


def searched_name(subject: str, /) -> str:
    """The common name of a subject (RFC 4514), in small letters; the organisation where there is none."""
    found = _COMMON_NAME.search(subject) or _ORGANISATION.search(subject)
    return "" if found is None else as_searched(_ESCAPED.sub(r"\1", found[1]))


def as_searched(text: str, /) -> str:
    """A name, or the beginning of one, as it is compared: small letters, single spaces."""
    return " ".join(text.casefold().split())[:_LONGEST]
