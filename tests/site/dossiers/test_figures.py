"""Figures of an agency: signatures by month, days until the end, days of waiting; no name, and no other agency."""

from datetime import timedelta

import pytest
from tests.site.dossiers.conftest import Bureau

from absah.workflow.parts import Part
from absah_site.dossiers.access.figures import figures_for
from absah_site.dossiers.actions import signing
from absah_site.dossiers.actions.signing import Affirmation

pytestmark = pytest.mark.django_db
READ = Affirmation(seen=1, has_read=True, agrees=True)


def test_what_waits_and_what_was_finished_is_counted_by_days(bureau: Bureau, browser) -> None:
    quick, slow = (bureau.sent((bureau.rina, Part.SIGN, 1)) for _ in range(2))
    bureau.sent((bureau.sari, Part.SIGN, 1))
    signing.sign(quick.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    bureau.walk.instance.clock.advance(timedelta(days=5))
    signing.sign(slow.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    bureau.sent((bureau.rina, Part.SIGN, 1), (bureau.sari, Part.COPY, 1))
    found = figures_for(bureau.budi)
    assert found.finished == (1, 0, 1, 0, 0)
    assert found.waiting == (1, 0, 1, 0, 0)
    assert len(found.signed) == 12
    assert list(found.signed.values())[-1] == 2
    page = browser(bureau.budi).get("/naskah/angka/").content.decode()
    assert page.count('<svg class="chart"') == 3
    assert page.count("<table>") == 3
    assert "2 answers are waited for" in page
    assert "50% within three days" in page
    assert "Rina" not in page
    assert browser(bureau.rina.account).get("/naskah/angka/").status_code == 403
    assert "/naskah/angka/" in browser(bureau.budi).get("/naskah/").content.decode()


def test_an_agency_without_documents_has_empty_pictures(bureau: Bureau, browser) -> None:
    page = browser(bureau.budi).get("/naskah/angka/").content.decode()
    assert "Nobody in your agency keeps a document waiting" in page
