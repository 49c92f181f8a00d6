"""The nine words with their numbers and sentences.

1110, 1111, 2011 and 2021 are known from the outside world; the rest follows the pattern 2020 + n. Version 1 answers
with numbers, version 2 with texts of digits, and clients compare strictly.
"""

from dataclasses import dataclass
from typing import Any, Final

from absah.enrolment.wire_status import WireStatus

_NUMBERS: Final = {
    WireStatus.ISSUE: 1111,
    WireStatus.NOT_REGISTERED: 2011,
    WireStatus.NO_CERTIFICATE: 2021,
    WireStatus.EXPIRED: 2022,
    WireStatus.REVOKE: 2023,
    WireStatus.SUSPEND: 2024,
    WireStatus.RENEW: 2025,
    WireStatus.NEW: 2026,
    WireStatus.WAITING_FOR_VERIFICATION: 2027,
}
#: Version 1 had a number of its own for somebody unknown.
_UNKNOWN_V1: Final = 1110
_WITH_CERTIFICATE: Final = "User sudah terdaftar dan memiliki sertifikat dengan status {}"
_SENTENCES: Final = {
    WireStatus.NOT_REGISTERED: "User belum terdaftar",
    WireStatus.NO_CERTIFICATE: "User sudah terdaftar dan belum memiliki sertifikat",
    WireStatus.WAITING_FOR_VERIFICATION: "User sudah terdaftar dan menunggu verifikasi",
}


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """A word and what goes with it."""

    word: WireStatus

    @property
    def message(self) -> str:
        """The sentence."""
        return _SENTENCES.get(self.word) or _WITH_CERTIFICATE.format(self.word.value)

    @property
    def v1(self) -> dict[str, Any]:
        """`GET /api/user/status/{nik}`."""
        number = _UNKNOWN_V1 if self.word is WireStatus.NOT_REGISTERED else _NUMBERS[self.word]
        return {"status_code": number, "status": self.word.value, "message": self.message}

    @property
    def v2(self) -> dict[str, Any]:
        """`POST /api/v2/user/check/status`."""
        return {"status_code": str(_NUMBERS[self.word]), "message": self.message, "status": self.word.value}
