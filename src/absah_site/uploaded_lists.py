"""The page on which a list is uploaded, whatever its rows tell: one form, one answer, one empty list."""

import csv
import io
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from absah.adapters.sheets import LARGEST_BYTES, MOST_ROWS, SheetTooLarge
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Explanation, explain
from absah_site.language import current_language
from absah_site.problems import status_of


class ListForm(forms.Form):
    """A list of one agency. `agencies` are ids and names to choose from."""

    agency = forms.ChoiceField(label=_("Agency"))
    rows = forms.FileField(
        label=_("List (CSV or XLSX)"),
        help_text=_("At most 5 MiB. Nothing is entered before you have seen what was found."),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )

    def __init__(self, agencies: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]  # a ChoiceField
        if len(agencies) == 1:
            self.fields["agency"].initial = agencies[0][0]

    def content(self) -> bytes:
        """The bytes that were sent. Raises SheetTooLarge."""
        upload = self.cleaned_data["rows"]
        if upload.size > LARGEST_BYTES:
            raise SheetTooLarge(rows=MOST_ROWS)
        return b"".join(upload.chunks())


def answer_upload(
    request: HttpRequest,
    form: ListForm,
    check: Callable[[bytes, UUID], UUID],
    /,
    *,
    template: str,
    follows: str,
    page: dict[str, Any],
) -> HttpResponseBase:
    """The form, with why a list was refused; a list that `check` could read leads to the page `follows` about it."""
    refusal: Explanation | None = None
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    if form.is_valid():
        try:
            return redirect(follows, check(form.content(), UUID(form.cleaned_data["agency"])))
        except AbsahError as error:
            refusal, status = explain(error, current_language()), status_of(error)
    return render(request, template, {"form": form, "refusal": refusal, "most": MOST_ROWS, **page}, status=status)


def marked_columns(columns: Collection[str], needed: Collection[str], /) -> list[tuple[str, bool]]:
    """The columns, and whether each must be there."""
    return [(name, name in needed) for name in columns]


def empty_list(columns: Collection[str], name: str, /) -> HttpResponse:
    """A list without rows, to be filled: with a mark of its encoding, so that spreadsheets read it rightly."""
    written = io.StringIO()
    csv.writer(written).writerow(columns)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
