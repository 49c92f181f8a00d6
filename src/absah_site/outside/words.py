"""What the words of the service mean for people."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from absah.enrolment.wire_status import WireStatus

STANDINGS: Final[dict[WireStatus, str | Promise]] = {
    WireStatus.ISSUE: _("In force"),
    WireStatus.RENEW: _("Being renewed"),
    WireStatus.NEW: _("To be activated"),
    WireStatus.WAITING_FOR_VERIFICATION: _("Being verified"),
    WireStatus.NO_CERTIFICATE: _("No certificate"),
    WireStatus.SUSPEND: _("Suspended"),
    WireStatus.EXPIRED: pgettext_lazy("certificate", "Ended"),
    WireStatus.REVOKE: _("Revoked"),
    WireStatus.NOT_REGISTERED: _("Not registered there"),
}
