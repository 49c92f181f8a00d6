"""The words of dossiers: states, parts, acts, what is wrong with a place. Pages and the printed history share them."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.workflow.life import Act, State
from absah.workflow.outliers import Oddity
from absah.workflow.parts import Origin, Part, SeatState
from absah.workflow.placing import Flaw, Preset

Words = Promise | str
STATES: Final[dict[State, tuple[str, str, Words]]] = {
    State.DRAFT: ("", "pen", _("draft")),
    State.CIRCULATING: ("mine", "half", _("going round")),
    State.RETURNED: ("warn", "back", _("sent back")),
    State.COMPLETED: ("ok", "check", _("signed by all")),
    State.DECLINED: ("bad", "cross", _("declined")),
    State.CANCELLED: ("", "cross", _("taken back")),
    State.EXPIRED: ("warn", "clock", _("overdue")),
}
SEATS: Final[dict[SeatState, tuple[str, str, Words]]] = {
    SeatState.WAITING: ("", "clock", _("waits for its turn")),
    SeatState.TURN: ("mine", "pen", _("has it now")),
    SeatState.DONE: ("ok", "check", _("signed")),
    SeatState.DECLINED: ("bad", "cross", _("did not sign")),
    SeatState.FORWARDED: ("", "users", _("passed it on")),
    SeatState.LEFT: ("", "cross", _("not asked any more")),
}
PARTS: Final[dict[Part, Words]] = {
    Part.SIGN: _("signature"),
    Part.INITIAL: _("initials"),
    Part.SEAL: _("electronic seal"),
    Part.COPY: _("copy"),
}
ACTS: Final[dict[Act, Words]] = {
    Act.CREATE: _("Document uploaded"),
    Act.REPLACE: _("Another document uploaded"),
    Act.SEAT: _("Signers or particulars changed"),
    Act.PLACE: _("Places of signatures chosen"),
    Act.SEND: _("Sent"),
    Act.OPEN: _("Read to the last page"),
    Act.SIGN: _("Signed"),
    Act.DECLINE: _("Declined"),
    Act.SEND_BACK: _("Sent back to be mended"),
    Act.FORWARD: _("Passed on"),
    Act.REMIND: _("Reminded"),
    Act.CANCEL: _("Taken back"),
    Act.EXPIRE: _("Deadline passed"),
    Act.COMPLETE: _("Finished and time-stamped"),
    Act.RENEW: _("Archive time-stamp renewed"),
    Act.FETCH: _("Downloaded"),
    Act.HOLD: _("Legal hold begun"),
    Act.RELEASE: _("Legal hold ended"),
    Act.DESTROY: _("Document destroyed"),
}
ORIGINS: Final[dict[Origin, Words]] = {
    Origin.UPLOADED: _("as uploaded"),
    Origin.NOTED: _("with the statement on every page"),
    Origin.SIGNED: _("with one more signature"),
    Origin.COMPLETED: _("with the archive time-stamp"),
    Origin.RENEWED: _("with a newer archive time-stamp"),
}
FLAWS: Final[dict[Flaw, Words]] = {
    Flaw.COVERS_TEXT: _("Covers text"),
    Flaw.OFF_PAGE: _("Lies off the page"),
    Flaw.ON_ANOTHER: _("Lies on another signature"),
}
PRESETS: Final[dict[Preset, Words]] = {
    Preset.LAST_RIGHT: _("Last page, lower right"),
    Preset.LAST_LEFT: _("Last page, lower left"),
    Preset.FIRST_RIGHT: _("First page, lower right"),
}

ODDITIES: Final[dict[Oddity, Words]] = {
    Oddity.PAGES: _("another number of pages"),
    Oddity.KIND: _("another kind"),
    Oddity.PART: _("another part is asked of you"),
    Oddity.PLACE: _("signed on another page"),
    Oddity.CLASS: _("another classification"),
    Oddity.WARNED: _("there is something to know about the file"),
}
