"""A form that was sent after the session had ended: kept for the same person until after signing in again.

What was typed lies in the next session of the browser, sealed for its person, and is shown again as a form to be sent.
Passwords, passphrases, codes and files are left out: they are given again.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from absah.adapters.personal_data import Place
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah_site import composition

_KEY: Final = "absah_kept_form"
_HOLDS: Final = 60 * 60  # seconds
_LARGEST: Final = 200_000  # characters
_SECRET: Final = re.compile(r"pass|sandi|frasa|secret|rahasia|kode|code|otp|pin\b|credential|token", re.IGNORECASE)
_CSRF: Final = "csrfmiddlewaretoken"
_HOLDER: Final = "absah_holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """What was typed, for whom, and where it was sent. `left_out`: some fields must be given again."""

    path: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    left_out: bool


def remember_holder(request: HttpRequest, public_id: UUID, /) -> None:
    """Whose session has just ended."""
    setattr(request, _HOLDER, public_id)


def keep(request: HttpRequest, now: Instant, /) -> bool:
    """Keep what was sent, for the person whose session has just ended. False: there is nothing to keep."""
    holder = getattr(request, _HOLDER, None)
    if holder is None or request.method != "POST":
        return False
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != _CSRF]
    kept = [(name, value) for name, value in sent if not _SECRET.search(name)]
    left_out = bool(request.FILES) or len(kept) < len(sent)
    written = json.dumps([int(now.timestamp()), request.get_full_path(), kept, left_out], ensure_ascii=False)
    if len(written) > _LARGEST:
        return False
    sealed = composition.personal_data().seal(written, _place(holder))
    request.session[_KEY] = base64.b64encode(sealed).decode()
    return True


def find(request: HttpRequest, holder: UUID, /, *, now: Instant) -> KeptForm | None:
    """What was kept for this person. None: nothing, or somebody else's, or too old."""
    try:
        sealed = base64.b64decode(request.session.get(_KEY, ""))
        at, path, fields, left_out = json.loads(composition.personal_data().open(sealed, _place(holder)))
    except (ValueError, AbsahError):
        return None
    if not 0 <= int(now.timestamp()) - at < _HOLDS:
        return None
    return KeptForm(path=path, fields=tuple((name, value) for name, value in fields), left_out=left_out)


def _place(holder: UUID) -> Place:
    return Place(table="kept_form", row=str(holder), field="fields")
