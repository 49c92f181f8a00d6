"""Tags by which an answer finds its case and proves to come from whom the mail went to.

A tag names the case; its second half is an HMAC over the case and the person, so that it fits one of the officers who
were told, and nobody can make one. It is in base 32, as addresses lose the difference of large and small letters.
"""

import base64
import binascii
import re
from typing import Final
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed
from absah_site.accounts.access import holders
from absah_site.actors import Account
from absah_site.agreements import access as agreements
from absah_site.cases import access
from absah_site.cases.access import CaseUnknown, OpenedCase
from absah_site.directory import contact_of
from absah_site.roles import Permission

_CASE: Final = re.compile(r"/kasus/([0-9a-f-]{36})/$")
_PROOF: Final = 12
_ID: Final = 16


class MailNotYours(NotAllowed):
    """The mail was not sent to this address, or it comes from another address than the person's."""

    code = "cases.mail-not-yours"


def tag_for(recipient: str, link: str, /) -> str:
    """The tag of a mail about a case; empty for other mails."""
    found = _CASE.search(link)
    return "" if found is None else _tag(UUID(found[1]), recipient)


def _tag(case: UUID, recipient: str) -> str:
    proof = salted_hmac("cases.reply", f"{case.hex} {recipient}", algorithm="sha256").digest()[:_PROOF]
    return base64.b32encode(case.bytes + proof).decode().rstrip("=").lower()


def _case_in(address: str) -> tuple[UUID, str] | None:
    """The case that an address names, and its tag."""
    tag = address.partition("@")[0].partition("+")[2]
    try:
        read = base64.b32decode(tag.upper() + "=" * (-len(tag) % 8))
    except (binascii.Error, ValueError):
        return None
    return (UUID(bytes=read[:_ID]), tag) if len(read) == _ID + _PROOF else None


def answered(sender: str, addressed: tuple[str, ...], /, *, now: Instant) -> tuple[OpenedCase, Account]:
    """The case that a mail answers, and who answers. Raises MailNotYours."""
    for case, tag in filter(None, map(_case_in, addressed)):
        try:
            opened = access.case_by_id(case, now=now)
        except CaseUnknown:
            continue
        listed = opened.found.listed
        for officer in holders(Permission.AGREEMENT_ACT, listed.agency, now=now):
            if agreements.side_of(officer, listed) is None or not constant_time_compare(
                _tag(case, officer.reference), tag
            ):
                continue
            contact = contact_of(officer.reference)
            if contact is not None and contact.address.casefold() == sender:
                return opened, officer
    raise MailNotYours
