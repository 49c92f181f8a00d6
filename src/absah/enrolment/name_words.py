"""The words by which a person is found: lower case, accents off, letters and digits only."""

import re
import unicodedata
from typing import Final

LONGEST_WORD: Final = 40
_MOST_WORDS: Final = 12


def words_of(text: str, /) -> tuple[str, ...]:
    """The distinct words of a name or of a question, in their order."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    # An apostrophe inside a name is no gap: Ma'ruf is found as maruf.
    found = re.findall(r"[a-z0-9]+", re.sub(r"['\u2019`]", "", plain))
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in found))[:_MOST_WORDS]
