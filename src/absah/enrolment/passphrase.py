"""Which passphrases are refused when a person sets one.

Length is what counts, then that nobody would try it first: not in lists of common ones (the caller brings Django's,
ours holds the Indonesian habits), not the person's own data, not a run or a repetition. No rule about capitals and
signs: they make passphrases hard to remember and not hard to guess (NIST SP 800-63B §5.1.1.2 says the same).
"""

import re
import unicodedata
from collections.abc import Container
from functools import cache
from importlib.resources import files
from itertools import pairwise

from absah.kernel.errors import BadInput

SHORTEST = 12
LONGEST = 128
_FEWEST_SIGNS = 5
_SHORTEST_PERSONAL_PART = 4


class PassphraseWeak(BadInput):
    """A passphrase that somebody would guess. Says what is wrong, never the passphrase."""

    code = "enrolment.passphrase-weak"


@cache
def indonesian_habits() -> frozenset[str]:
    """Words and runs that people here put into passwords: our own short list, lower case, letters and digits only."""
    page = (files("absah.enrolment") / "lists" / "indonesian_habits.txt").read_text(encoding="utf-8")
    return frozenset(line for line in page.splitlines() if line and not line.startswith("#"))


def check_passphrase(passphrase: str, /, *, personal: tuple[str, ...], common: Container[str]) -> None:
    """Refuse a weak passphrase. `personal` are the person's name, NIK, post…; `common` a list of breached ones.

    Comparison ignores case, accents, spaces and punctuation; digits hung on at the end do not save a listed word.
    """
    # A NUL or an unassigned character would not survive every keyboard and wire.
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Cn"} for sign in passphrase):
        raise PassphraseWeak(problem="characters", shortest=SHORTEST)
    if len(passphrase) < SHORTEST:
        raise PassphraseWeak(problem="short", shortest=SHORTEST)
    if len(passphrase) > LONGEST:
        raise PassphraseWeak(problem="long", shortest=SHORTEST)
    plain = _plain(passphrase)
    if len(set(plain)) < _FEWEST_SIGNS:
        raise PassphraseWeak(problem="repetition", shortest=SHORTEST)
    if _is_run(plain):
        raise PassphraseWeak(problem="run", shortest=SHORTEST)
    stem = plain.rstrip("0123456789")
    if any(tried in listed for tried in (plain, stem) for listed in (common, indonesian_habits())):
        raise PassphraseWeak(problem="common", shortest=SHORTEST)
    if passphrase.lower() in common:
        raise PassphraseWeak(problem="common", shortest=SHORTEST)
    if _is_only_listed_words(plain):
        raise PassphraseWeak(problem="common", shortest=SHORTEST)
    if any(part in plain for part in _personal_parts(personal)) and _without(plain, personal) < SHORTEST:
        raise PassphraseWeak(problem="personal", shortest=SHORTEST)


def _plain(text: str, /) -> str:
    """Lower case letters and digits only, accents taken off."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if sign.isalnum())


def _is_only_listed_words(plain: str, /) -> bool:
    """Whether nothing is left when the listed words, the longest first, and all digits are taken out."""
    rest = plain
    for word in sorted(indonesian_habits(), key=len, reverse=True):
        rest = rest.replace(word, " ")
    return not re.sub(r"[\s0-9]", "", rest)


def _is_run(plain: str, /) -> bool:
    """Whether the signs follow one another throughout, as in 123456789012, abcdefghijkl or zyxwvutsrqpo."""
    steps = {
        (ord(second) - ord(first)) % 10 if first.isdigit() and second.isdigit() else ord(second) - ord(first)
        for first, second in pairwise(plain)
    }
    return len(steps) == 1


def _personal_parts(personal: tuple[str, ...], /) -> frozenset[str]:
    words = {_plain(word) for text in personal for word in (text, *re.split(r"[\s@._-]+", text))}
    return frozenset(word for word in words if len(word) >= _SHORTEST_PERSONAL_PART)


def _without(plain: str, personal: tuple[str, ...], /) -> int:
    """How many signs are left when the personal parts are taken out: a name inside a long passphrase is no harm."""
    for part in sorted(_personal_parts(personal), key=len, reverse=True):
        plain = plain.replace(part, "")
    return len(plain)
