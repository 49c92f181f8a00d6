"""The page on which an issuing CA's revocation list is split."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain
from absah_site.accounts.access import actor_of, requires_role
from absah_site.language import current_language
from absah_site.oversight.forms import ShardsForm
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import AuthorityKind, AuthorityUnknown
from absah_site.problems import status_of
from absah_site.roles import Role


@requires_role(Role.CA)
@require_http_methods(["GET", "HEAD", "POST"])
def shards(request: HttpRequest, slug: str) -> HttpResponseBase:
    """How the list of a CA is split now, and how many partial lists there are to be."""
    issuer = register.authority(slug)
    if issuer.kind is not AuthorityKind.ISSUING:
        raise AuthorityUnknown(authority=slug)
    form = ShardsForm(request.POST or None, initial={"shards": max(issuer.shards, 1)})
    refusal, status = None, HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            try:
                pki.partition_crls(slug, form.cleaned_data["shards"], by=actor_of(request))
            except AbsahError as error:
                refusal, status = explain(error, current_language()), status_of(error)
            else:
                messages.success(request, _("From now on new certificates name the partial lists."))
                return redirect("oversight:shards", slug=slug)
    lists = [one for one in register.current_lists() if one.issuer == slug]
    page = {"issuer": issuer, "form": form, "refusal": refusal, "lists": lists}
    return render(request, "oversight/shards.html", page, status=status)
