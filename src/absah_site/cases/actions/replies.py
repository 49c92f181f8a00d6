"""A mail that answers a notice becomes a note of its case, its files papers of it: all of it, or nothing."""

from django.db import transaction

from absah.cases.case import CaseNoted
from absah.cases.replies import read_reply
from absah_site import composition
from absah_site.agreements import access as agreements
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access.replies import answered
from absah_site.cases.actions.cases import add_note, add_paper


@transaction.atomic
def take_reply(raw: bytes, /) -> str:
    """Take a mail, and say which case it belongs to. One that was taken before is not taken again.

    Raises what is wrong with the mail (`cases.mail-…`), MailNotYours, and what a paper of the agreement may not be.
    """
    reply = read_reply(raw)
    now = composition.clock().now()
    opened, officer = answered(reply.sender, reply.addressed, now=now)
    side = agreements.side_of(officer, opened.found.listed)
    notes = {(entry.by, entry.text) for entry in opened.case.entries if isinstance(entry, CaseNoted)}
    text = reply.text or ", ".join(file.name for file in reply.files)
    if (side, text) in notes:  # a mail server that was not sure sends again
        return opened.case.number
    found, identifier = opened.found.id, opened.listed.id
    add_note(found, identifier, text, internal=False, now=now, by=officer)
    for file in reply.files:
        upload = Upload(name=file.name, content=file.content)
        add_paper(found, identifier, upload, "attachment", now=now, by=officer)
    return opened.case.number
