"""Citations as values, so that the conformance matrix can be generated from the code."""

from dataclasses import dataclass
from enum import StrEnum


class Norm(StrEnum):
    """A document that a rule of ours comes from, in the spelling people search for."""

    RFC_3161 = "RFC 3161"
    RFC_3647 = "RFC 3647"
    RFC_5035 = "RFC 5035"
    RFC_5280 = "RFC 5280"
    RFC_5652 = "RFC 5652"
    RFC_5816 = "RFC 5816"
    RFC_6238 = "RFC 6238"
    RFC_6960 = "RFC 6960"
    RFC_9336 = "RFC 9336"
    RFC_8659 = "RFC 8659"
    EN_319_102_1 = "ETSI EN 319 102-1"
    EN_319_122_1 = "ETSI EN 319 122-1"
    EN_319_142_1 = "ETSI EN 319 142-1"
    EN_319_412_1 = "ETSI EN 319 412-1"
    EN_319_412_2 = "ETSI EN 319 412-2"
    EN_319_412_3 = "ETSI EN 319 412-3"
    EN_319_422 = "ETSI EN 319 422"
    TS_119_312 = "ETSI TS 119 312"
    EN_419_241_1 = "EN 419 241-1"
    ISO_32000_1 = "ISO 32000-1"
    ISO_32000_2 = "ISO 32000-2"
    CABF_TLS_BR = "CA/Browser Forum TLS BR"
    UU_ITE = "UU 11/2008 (ITE)"
    UU_PDP = "UU 27/2022 (PDP)"
    PP_71_2019 = "PP 71/2019"
    ABSAH_CPS = "Absah CPS (test)"
    ABSAH_DESIGN = "Absah design"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The sentence a rule comes from: a norm and the place in it, written as the norm numbers it."""

    norm: Norm
    clause: str

    def __str__(self) -> str:
        mark = "Pasal " if self.norm in {Norm.UU_ITE, Norm.UU_PDP, Norm.PP_71_2019} else "§"
        return f"{self.norm} {mark}{self.clause}"
