"""`{{ entry.tag|act }}`: what happened, in the words of the page; a tag that has none stays as it is spelled.

`{{ verdict|message }}`: a sentence of the catalogue by its id.
"""

from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.audit.tags import AccountTag, EnrolmentTag, PkiTag, SigningTag, Tag
from absah.kernel.messages import render
from absah_site.language import current_language

register = template.Library()

_ACTS: Final[dict[Tag, Promise]] = {
    AccountTag.USER_CREATED: _("Account opened"),
    AccountTag.USER_CLOSED: _("Account closed"),
    AccountTag.PASSWORD_CHANGED: _("Password changed"),
    AccountTag.ROLE_GRANTED: _("Role given"),
    AccountTag.ROLE_ENDED: _("Role ended"),
    AccountTag.SIGNED_IN: _("Signed in"),
    AccountTag.SIGNED_OUT: _("Signed out"),
    AccountTag.SIGN_IN_REFUSED: _("Sign-in refused"),
    AccountTag.SESSION_TIMED_OUT: _("Session ended by itself"),
    AccountTag.SESSIONS_ENDED: _("Other sessions ended"),
    AccountTag.FACTOR_ADDED: _("Second factor added"),
    AccountTag.FACTOR_REMOVED: _("Second factor removed"),
    EnrolmentTag.SUBSCRIBER_REGISTERED: _("Registered as subscriber"),
    EnrolmentTag.SUBSCRIBER_SUSPENDED: _("Suspended as subscriber"),
    EnrolmentTag.SUBSCRIBER_RESUMED: _("Resumed as subscriber"),
    EnrolmentTag.REQUEST_SUBMITTED: _("Application for a certificate entered"),
    EnrolmentTag.REQUEST_CHECKED: _("Application checked"),
    EnrolmentTag.REQUEST_APPROVED: _("Application approved"),
    EnrolmentTag.REQUEST_REFUSED: _("Application refused"),
    EnrolmentTag.IDENTITY_REVEALED: _("Identity number looked at"),
    EnrolmentTag.CREDENTIAL_ACTIVATED: _("Certificate activated"),
    PkiTag.CERTIFICATE_ISSUED: _("Certificate issued"),
    PkiTag.CERTIFICATE_REVOKED: _("Certificate revoked"),
    PkiTag.CERTIFICATE_SUSPENDED: _("Certificate suspended"),
    PkiTag.CERTIFICATE_REINSTATED: _("Certificate valid again"),
    SigningTag.DOCUMENT_RECEIVED: _("Document received"),
    SigningTag.DOCUMENT_COMPLETED: _("Document complete"),
    SigningTag.SIGNATURE_INTENDED: _("Signing begun"),
    SigningTag.SIGNATURE_MADE: _("Signed"),
    SigningTag.SIGNATURE_REFUSED: _("Signing refused"),
    SigningTag.SIGNATURE_FAILED: _("Signing failed"),
}


@register.filter
def act(tag: Tag) -> Promise | str:
    """What happened."""
    return _ACTS.get(tag, tag.value)


@register.filter
def message(identifier: str) -> str:
    """A sentence without parameters."""
    return render(identifier, current_language())
