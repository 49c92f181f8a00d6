"""Confirming the agency's seal: affirmation, match code, and two factors of the own account, here and now."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from absah.kernel.errors import AbsahError
from absah.signing.passkeys import consent_challenge
from absah.workflow.dossier import SignedAlready
from absah.workflow.matching import match_code
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.accounts import actions as identity
from absah_site.accounts.access import actor_of
from absah_site.actors import Account
from absah_site.allowance import address_of
from absah_site.dossiers.access.opening import Opened
from absah_site.dossiers.actions import sealing
from absah_site.dossiers.actions.signing import Affirmation
from absah_site.dossiers.forms.signing import SealForm
from absah_site.dossiers.views.opening import form_page


def page(request: HttpRequest, found: Opened, act: UUID, /, *, was_read: bool) -> HttpResponseBase:
    """The form, and what it does."""
    actor, sha256 = actor_of(request), found.dossier.original.sha256
    ways = accounts.ways_of(actor.public_id)
    challenge = consent_challenge(f"seal:{act}", [bytes.fromhex(sha256)])
    form = SealForm(request.POST or None, initial={"seen": found.dossier.round})
    refusal: AbsahError | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        said = Affirmation(seen=data["seen"], has_read=data["has_read"] or was_read, agrees=data["agrees"])
        try:
            _show(request, form, challenge, actor)
            sealing.confirm_seal(found.dossier.id, said, by=actor)
        except SignedAlready:  # the other tab was quicker: show what it made
            return redirect("dossiers:done", found.dossier.id)
        except AbsahError as error:
            refusal = error
        else:
            return redirect("dossiers:done", found.dossier.id)
    question = accounts.consent_question(actor, challenge)
    shown = {
        "found": found,
        "form": form,
        "code": match_code([sha256], act),
        "was_read": was_read,
        "takes_codes": ways.takes_codes,
        "question": None if question is None else json.dumps(question),
    }
    return form_page(request, "dossiers/seal.html", shown, refusal)


def _show(request: HttpRequest, form: SealForm, challenge: bytes, actor: Account) -> None:
    """The password, and something that one has (PP 71/2019 Pasal 64). Raises CredentialsWrong, FactorWrong."""
    data, now = form.cleaned_data, composition.clock().now()
    address = address_of(request)
    identity.confirm(request, identity.Shown(password=data["password"]), by=actor, address=address, at=now)
    if not data.get("answer"):
        identity.confirm(request, identity.Shown(code=data["code"]), by=actor, address=address, at=now)
    elif accounts.consent_proof(actor, challenge, data["answer"]) is None:
        raise identity.FactorWrong
