"""Numbers in an address, as `?hal=3`: whoever follows our links writes them well, and anything else is no number."""

from typing import Final

from django.http import QueryDict

_LAST_PAGE: Final = 999_999
_MOST: Final = 999_999_999


def page_in(query: QueryDict, name: str, /, *, last: int = _LAST_PAGE) -> int:
    """The page that is asked for: the first where none is, or one so far away that nobody goes there."""
    number = whole_number(query.get(name, ""))
    return 1 if number is None or number > _LAST_PAGE else min(max(number, 1), max(last, 1))


def number_in(query: QueryDict, name: str, /, *, otherwise: int = 0) -> int:
    """The number of this name, small enough to count with; `otherwise` where none is written."""
    number = whole_number(query.get(name, ""))
    return otherwise if number is None else min(number, _MOST)


def whole_number(written: str, /, *, digits: int = 18) -> int | None:
    """A number as people write it, without a sign, of so many digits at most: it fits into every database."""
    fits = written.isascii() and written.isdecimal() and len(written) <= digits
    return int(written) if fits else None
