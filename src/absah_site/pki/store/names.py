"""Searching certificates by the beginning of a name, at the cost of an index whatever the register holds."""

from typing import Final

from django.db import connection
from django.db.models import Q

from absah.pki.name_search import as_searched

#: Sorts after every letter.
_LAST: Final = "\U0010ffff"


def name_begins(text: str, /) -> Q:
    """Whose name begins like this, in words that this database answers from its index."""
    beginning = as_searched(text)
    if connection.vendor == "sqlite":  # its LIKE folds letters and so cannot use an index; a range of text can
        return Q(name__gte=beginning, name__lt=beginning + _LAST)
    return Q(name__startswith=beginning)
