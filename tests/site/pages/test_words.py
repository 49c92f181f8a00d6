"""Dates, numbers and drawings in templates; numbers masked in the log; the catalogue complete."""

import logging
import runpy
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from absah.enrolment.invitation import InvitationToken
from absah.kernel.clock import instant
from absah_site.logs import MaskNumbers
from absah_site.pages.templatetags.absah import error_words
from absah_site.throttling import PAIR, WINDOW, waiting_time

AT = datetime(2026, 11, 20, 7, 3, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]


def show(source: str, **values: object) -> str:
    return Template("{% load absah %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("language", "source", "text"),
    [
        ("id", "{{ x|moment }}", "20 November 2026, 14.03 WIB"),
        ("en", "{{ x|moment }}", "20 November 2026, 14:03 WIB"),
        ("id", "{{ late|day }}", "1 Januari 2027"),
        ("en", "{{ late|day }}", "1 January 2027"),
        ("id", "{{ birthday|day }}", "17 Agustus 1945"),
        ("id", "{{ amount|number }}", "1.234,5"),
        ("en", "{{ amount|number }}", "1,234.5"),
        ("id", "{{ serial|octets }}", "5B:91:0C"),
        ("id", "{{ raw|octets }}", "5B:91:0C"),
    ],
)
def test_values_are_written_as_people_write_them(language: str, source: str, text: str) -> None:
    values = {
        "x": AT,
        "late": datetime(2026, 12, 31, 17, 0, tzinfo=UTC),  # already the next year in Jakarta
        "birthday": date(1945, 8, 17),
        "amount": 1234.5,
        "serial": "5b910c",
        "raw": b"\x5b\x91\x0c",
    }
    with translation.override(language):
        assert show(source, **values) == text


def test_a_drawing_that_does_not_exist_is_a_mistake_in_the_template() -> None:
    request = RequestFactory().get("/")
    page = Template("{% load absah %}{% icon 'check' %}{% symbols %}").render(RequestContext(request))
    assert page.count("check") == 2
    with pytest.raises(TemplateSyntaxError):
        Template("{% load absah %}{% icon 'garuda' %}").render(RequestContext(request))


def test_the_log_masks_every_number_of_16_digits_also_in_a_traceback() -> None:
    number = "9999010101900001"
    with pytest.raises(ValueError, match=number) as caught:
        int(f"nik={number}")
    record = logging.LogRecord("absah", logging.ERROR, __file__, 1, "GET /user/status/%s", (number,), caught._excinfo)
    assert MaskNumbers().filter(record)
    line = logging.Formatter().format(record)
    assert number not in line
    assert line.count("9999••••••••0001") == 2


def test_the_log_masks_the_token_of_a_link() -> None:
    token = InvitationToken(bytes(range(32))).text
    path = f"/undangan/{token}/"
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Forbidden: %s", (path,), None)
    MaskNumbers().filter(record)
    assert record.getMessage() == "Forbidden: /undangan/••••••••/"


@pytest.mark.parametrize("harmless", ["4a1199990101019000017b" * 2, "12345678901234567890", "2026-11-20 14:03:00,123"])
def test_the_log_leaves_other_numbers_alone(harmless: str) -> None:
    record = logging.LogRecord("absah", logging.INFO, __file__, 1, harmless, (), None)
    MaskNumbers().filter(record)
    assert record.getMessage() == harmless


def test_waiting_begins_after_the_free_attempts_and_never_exceeds_the_window() -> None:
    now = instant(AT)
    assert not waiting_time([now] * (PAIR.free - 1), PAIR, now=now)
    assert waiting_time([now] * PAIR.free, PAIR, now=now) == PAIR.first
    assert waiting_time([now] * (PAIR.free + 1), PAIR, now=now) == 2 * PAIR.first
    assert waiting_time([now] * 10_000, PAIR, now=now) == WINDOW


def test_a_sentence_that_stands_twice_in_a_catalogue_is_named_however_its_lines_are_broken() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "check_catalogues.py"))
    once = '# one.html\nmsgid "To sign"\nmsgstr "Menandatangani"\n'
    broken = '# two.html\nmsgid ""\n"To "\n"sign"\nmsgstr "Tanda tangan"\n'
    elsewhere = 'msgctxt "noun"\nmsgid "To sign"\nmsgstr "Tanda"\n'
    assert tool["doubled"](f"{once}\n{elsewhere}") == []
    assert tool["doubled"](f"{once}\n{elsewhere}\n{broken}") == ['msgid "To sign"']


def test_every_sentence_of_the_pages_exists_in_indonesian() -> None:
    checked = subprocess.run(
        [sys.executable, "tools/check_catalogues.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.stdout == ""
    assert checked.returncode == 0


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("signer.wrong-passphrase", "The passphrase is wrong."),
        ("signing.engine-refused", "No signature can be added to a PDF of this structure."),
        ("signing.field-filled", None),
        ("signer.gone-since", None),
    ],
)
def test_a_kept_code_is_told_without_the_parameters_that_were_not_kept(code: str, said: str | None) -> None:
    with translation.override("en"):
        found = error_words(code)
    assert (None if found is None else found.cause) == said
