"""A list of certificates that somebody else issued: which columns it has, and what a row says of a certificate.

It is the list of people with four columns more. Of a person the register knows, the NIK is enough; of another, a row
has to say what a list of people says. A row that is not right says where and why, by codes; it holds up no other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, final

from absah.enrolment.people_list import COLUMNS as PEOPLE
from absah.enrolment.people_list import Wrong
from absah.enrolment.wire_status import WireStatus
from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.people import Nik

#: The columns by their first name, and the other names that people and portals give them.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    **PEOPLE,
    "produk": ("product", "jenis sertifikat", "jenis_sertifikat"),
    "nomor_seri": ("nomor seri", "serial", "serial number", "serialnumber"),
    "berlaku_mulai": ("berlaku mulai", "notbeforedate", "valid from"),
    "berlaku_sampai": ("berlaku sampai", "notafterdate", "valid until"),
    "status_sertifikat": ("status sertifikat", "certificate status", "certificatestatus"),
}
NEEDED: Final = ("nik",)
_LONGEST_PRODUCT: Final = 80
_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
#: A certificate has one of these words; the others are about people.
_OF_CERTIFICATES: Final = frozenset(
    {WireStatus.ISSUE, WireStatus.NEW, WireStatus.EXPIRED, WireStatus.SUSPEND, WireStatus.REVOKE, WireStatus.RENEW}
)
_SPELLED: Final[Mapping[str, WireStatus]] = {
    "AKTIF": WireStatus.ISSUE,
    "ACTIVE": WireStatus.ISSUE,
    "ISSUED": WireStatus.ISSUE,
    "KEDALUWARSA": WireStatus.EXPIRED,
    "DITANGGUHKAN": WireStatus.SUSPEND,
    "SUSPENDED": WireStatus.SUSPEND,
    "DICABUT": WireStatus.REVOKE,
    "REVOKED": WireStatus.REVOKE,
}


class SerialMalformed(BadInput):
    """Not the hexadecimal digits of a serial number, at most 20 bytes of them."""

    code = "outside.serial-malformed"


class DayMalformed(BadInput):
    """Not a day written 2027-12-31 or 31-12-2027."""

    code = "outside.day-malformed"


class StatusUnknown(BadInput):
    """Not one of the words for a certificate's status."""

    code = "outside.status-unknown"


class PeriodBackwards(BadInput):
    """A certificate that would end before it begins."""

    code = "outside.period-backwards"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereCertificate:
    """A certificate that somebody else issued, as far as is known. `serial` is hexadecimal, lower case, no zero first.

    Empty and None stand for what the source does not say. Days are those of Jakarta.
    """

    product: str
    serial: str
    status: WireStatus
    not_before: date | None = None
    not_after: date | None = None

    def __post_init__(self) -> None:
        if self.not_before is not None and self.not_after is not None and self.not_after < self.not_before:
            raise PeriodBackwards

    def standing(self, *, today: date) -> WireStatus:
        """Its status today: a list that is old calls what has ended still issued."""
        ended = self.not_after is not None and self.not_after < today
        return WireStatus.EXPIRED if ended and self.status is WireStatus.ISSUE else self.status


def nik_of(row: Mapping[str, str], /) -> Nik | Wrong:
    """Whose row it is."""
    try:
        return Nik("".join(row.get("nik", "").split()))
    except AbsahError as error:
        return Wrong(column="nik", error=error)


def certificate_of(row: Mapping[str, str], /) -> ElsewhereCertificate | tuple[Wrong, ...] | None:
    """The certificate of a row; None where the row speaks of none; or all that is wrong with it."""
    if not any(row.get(name, "").strip() for name in ("nomor_seri", "produk", "berlaku_sampai")):
        return None
    wrong: list[Wrong] = []
    serial = _read(row, "nomor_seri", wrong)
    status = _read(row, "status_sertifikat", wrong)
    days = [_read(row, column, wrong) for column in ("berlaku_mulai", "berlaku_sampai")]
    if wrong:
        return tuple(wrong)
    try:
        return ElsewhereCertificate(
            product=" ".join(row.get("produk", "").split())[:_LONGEST_PRODUCT],
            serial=str(serial or ""),
            status=status if isinstance(status, WireStatus) else WireStatus.ISSUE,
            not_before=days[0] if isinstance(days[0], date) else None,
            not_after=days[1] if isinstance(days[1], date) else None,
        )
    except PeriodBackwards as error:
        return (Wrong(column="berlaku_sampai", error=error),)


def _read(row: Mapping[str, str], column: str, wrong: list[Wrong]) -> str | date | WireStatus | None:
    try:
        return _READERS[column](row.get(column, "").strip())
    except AbsahError as error:
        wrong.append(Wrong(column=column, error=error))
        return None


def _serial(text: str) -> str:
    plain = re.sub(r"[\s:]", "", text).lower().removeprefix("0x").lstrip("0")
    if not re.fullmatch(r"[0-9a-f]{0,40}", plain):
        raise SerialMalformed
    return plain


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  (a day of the calendar, no moment)
        except ValueError:
            continue
    raise DayMalformed


def _status(text: str) -> WireStatus:
    word = text.upper()
    if not word:
        return WireStatus.ISSUE
    try:
        found = _SPELLED.get(word) or WireStatus(word)
    except ValueError:
        raise StatusUnknown from None
    if found not in _OF_CERTIFICATES:
        raise StatusUnknown
    return found


_READERS: Final = {
    "nomor_seri": _serial,
    "status_sertifikat": _status,
    "berlaku_mulai": _day,
    "berlaku_sampai": _day,
}
