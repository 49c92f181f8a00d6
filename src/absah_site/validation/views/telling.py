"""How a report is told to a program."""

from typing import Any

from django.http import HttpResponse, JsonResponse

from absah.kernel.messages import render
from absah.validation.report import Report
from absah_site.language import current_language


def report_with_words(report: Report, /) -> dict[str, Any]:
    """The report as it is published, and the verdict in the words of the reader's language."""
    language = current_language()
    words = {
        "verdict": render(report.verdict_message, language),
        "sentence": render(report.sentence_message, language),
        "next": render(report.next_message, language),
    }
    return report.to_dict() | {"words": words}


def report_as_json(report: Report, /) -> HttpResponse:
    """The answer to a program."""
    response = JsonResponse(report_with_words(report), json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    return response
