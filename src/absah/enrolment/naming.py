"""How a person's name stands in a register and in a certificate.

Many Indonesians have one name only, and family names are rare. ETSI EN 319 412-2 §4.2.4 wants a given name and/or a
surname beside the common name: one of them suffices. We take the last word as surname where there are several words,
because registers that demand both do the same, and the whole name as given name where there is one.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import final

from absah.kernel.errors import BadInput

_BETWEEN = " .'\N{RIGHT SINGLE QUOTATION MARK}-,/"
_LONGEST_TITLES = 40  # before, and after: all titles together
_UPPER_BOUND = 64  # RFC 5280 appendix A.1: ub-common-name and ub-surname are 64 characters


class NameMalformed(BadInput):
    """Not a name as it stands on an identity card."""

    code = "enrolment.name-malformed"


def _may_stand_in_a_name(sign: str, /) -> bool:
    """Letters of any script with their marks, and what stands between them in names and titles."""
    return unicodedata.category(sign)[0] in "LM" or sign in _BETWEEN


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A name without titles, as on the identity card, and the titles that letters put around it."""

    full: str
    titles_before: str = ""
    titles_after: str = ""

    def __post_init__(self) -> None:
        full = " ".join(unicodedata.normalize("NFC", self.full).split())
        if not full:
            raise NameMalformed(problem="empty")
        # RFC 5280 appendix A.1, ub-common-name: a longer name would have to be cut, and a cut name is another name.
        if len(full) > _UPPER_BOUND:
            raise NameMalformed(problem="too-long")
        if not all(_may_stand_in_a_name(sign) for sign in full) or not re.search(r"\w", full):
            raise NameMalformed(problem="characters")
        object.__setattr__(self, "full", full)
        for side in ("titles_before", "titles_after"):
            titles = " ".join(unicodedata.normalize("NFC", getattr(self, side)).split())
            if len(titles) > _LONGEST_TITLES or not all(_may_stand_in_a_name(sign) for sign in titles):
                raise NameMalformed(problem="titles")
            object.__setattr__(self, side, titles)

    @property
    def with_titles(self) -> str:
        """As letters and signature blocks write it: `Dr. Ratna Wulandari, S.H.` and the like."""
        front = f"{self.titles_before} {self.full}".strip()
        return f"{front}, {self.titles_after}" if self.titles_after else front


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateName:
    """The parts of a name in the subject of an individual's certificate."""

    common_name: str
    given_name: str
    surname: str | None


def certificate_name(name: PersonName, /) -> CertificateName:
    """Split a name for a certificate. Titles stay out: they change, and X.520 `title` means a post."""
    # EN 319 412-2 §4.2.4: "givenName and/or surname"; a single name such as SUWITRO is a given name.
    *given, last = name.full.split(" ")
    if not given:
        return CertificateName(common_name=name.full, given_name=name.full, surname=None)
    return CertificateName(common_name=name.full, given_name=" ".join(given), surname=last)
