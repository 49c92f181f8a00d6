"""One year of each agreement, lived by two officers through the pages with a fixed clock.

Certificates are issued, five hundred documents signed, a ticket answered, people trained, a flood comes over Lebaran,
the agency is assessed, the report computed again, the evaluation signed by both, the agreement extended. In the end
all seventeen duties have evidence, and the other party has accepted it.
"""

import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import typst
from django.http import HttpResponse
from django.test import Client
from tests.fixtures_instance import NIK, Walk, bare_instance, instance, office, walk
from tests.site.agreements.test_arriving import draft
from tests.site.agreements.test_records import SYSTEM
from tests.site.agreements.test_signing import FACTORS, Both
from tests.site.cases.test_checks import PNG, allowed, seen
from tests.site.cases.test_evaluations import PEOPLE, SAID
from tests.site.cases.test_letters import SIGN, Desk
from tests.site.cases.test_procedures import FLOW, TEXT, flow
from tests.site.cases.test_security import table
from tests.site.training.test_events import EVENT, here

from absah.adapters.visits.browser import Visit
from absah.agreements.duties import DutyCode
from absah.agreements.evidence import Source
from absah.agreements.standing import Standing
from absah.cases.assessment import areas_of
from absah.cli.bundle_verifier import check_bundle
from absah.kernel.clock import JAKARTA, instant
from absah.kernel.people import Nik
from absah.pdf.notice import Notice, stamp_notice
from absah.signing.levels import Level
from absah.signing.placement import Invisible
from absah_site import composition
from absah_site.agreements import access as agreements
from absah_site.agreements.actions import signing
from absah_site.cases import access
from absah_site.cases.actions import visits
from absah_site.jobs import actions as jobs
from absah_site.repository import actions as repository
from absah_site.repository.access import PolicyKind
from absah_site.roles import Role
from absah_site.signing.actions import SigningOrder, sign_together, usable_signer

__all__ = ["allowed", "bare_instance", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db

SEVENTEEN = [f"K1-{letter}" for letter in "abcdefghijk"] + [f"K2-{letter}" for letter in "abcdef"]
SIGNATURES = 500
FIRST, SECOND = "rina", "bagas"


def told(answer: HttpResponse) -> str:
    """What a page says that did not do what was asked."""
    return " ".join(re.findall(r'class="(?:alert|err)[^>]*>.*?</(?:div|p)>', answer.content.decode(), re.DOTALL))[:600]


class Year(Desk):
    """Both officers, their clock, and what each duty of the year was about."""

    def __init__(self, client: Client, both: Both, walk: Walk) -> None:
        super().__init__(client, both)
        self.walk = walk
        self.done: dict[str, str] = {}

    def on(self, day: date, who: str, hour: int = 9) -> None:
        """Somebody comes to work."""
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=JAKARTA)
        self.walk.instance.clock.moment = instant(moment)
        self.enter(who)

    def again(self, who: str) -> None:
        """The other one, a minute later."""
        self.walk.instance.clock.moment = instant(self.walk.instance.clock.moment + timedelta(minutes=1))
        self.enter(who)

    def post(self, page: str, **fields: str) -> None:
        answer = self.client.post(f"{self.base}{page}", fields)
        assert answer.status_code == 302, (page, told(answer))

    def take(self, duty: str, key: str) -> None:
        """The bearer submits what the registers show, the other party accepts."""
        bearer, other = (FIRST, SECOND) if duty.startswith("K1") else (SECOND, FIRST)
        page = f"kewajiban/{duty}/{key}/"
        today = self.today.isoformat()
        self.again(bearer)
        self.post(page, act="take")
        self.again(other)
        self.post(page, act="accept", on=today)
        self.done[duty] = key

    @property
    def today(self) -> date:
        return self.walk.instance.clock.now().astimezone(JAKARTA).date()

    def steps(self, case: str, *steps: tuple[str, str, dict[str, str]]) -> None:
        for who, act, fields in steps:
            self.again(who)
            assert self.step(case, act, **fields) == 302, act

    @property
    def found(self) -> agreements.OpenedAgreement:
        return self.both.opened(self.both.rina)

    def case(self, page: str) -> access.OpenedCase:
        identifier = UUID(page.split("/")[4])
        return access.case_for(self.both.rina, self.both.agreement, identifier, now=self.walk.instance.clock.now())

    def sign(self, case: str, act: str) -> None:
        assert self.client.post(f"{case}{act}/tanda-tangan/", SIGN).status_code == 302


@pytest.fixture
def year(request: pytest.FixtureRequest, walk: Walk, client: Client) -> Year:
    both = Both(walk, request.param)
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    return Year(client, both, walk)


def _issuance(year: Year) -> None:
    year.on(date(2026, 11, 20), SECOND, 16)
    year.post("kewajiban/K2-a/certificates-2026/ditemukan/")
    year.take("K2-a", "certificates-2026")


def _systems_and_signatures(year: Year) -> None:
    year.on(date(2027, 2, 1), FIRST)
    year.post("catatan/system/", **SYSTEM)
    year.take("K1-a", "2027")
    page = typst.compile(b"Surat keterangan", ignore_system_fonts=True)
    issuer = year.found.agreement.issuer_on(year.today)
    order = SigningOrder(
        document=stamp_notice(page, Notice(issuer=issuer, trial=True)),
        nik=Nik(NIK),
        factors=FACTORS,
        application="persuratan",
        placement=Invisible(),
        level=Level.B_B,
    )
    key = usable_signer(order.nik).key
    for _ in range(SIGNATURES // 50):
        sign_together((order,) * 50, key)
    year.again(FIRST)
    year.post("kewajiban/K1-j/2027/", act="check-statements")
    year.again(SECOND)
    year.post("kewajiban/K1-j/2027/", act="accept", on=year.today.isoformat())
    year.done["K1-j"] = "2027"


def _flood_over_lebaran(year: Year) -> None:
    year.on(date(2027, 3, 8), FIRST)
    struck = {"cause": "natural-disaster", "occurred-at": "2027-03-08T06:30", "description": "Banjir di pusat data."}
    case = year.open("force-majeure", **struck)
    told = {"told-at": "2027-03-08T08:00", "teller": "Rina", "hearer": "Bagas", "told-by": "telephone"}
    year.steps(case, (FIRST, "tell-orally", told))
    due = year.case(case).clocks(agreements.work_calendar(year.today))[1].due
    assert due is not None
    assert due.astimezone(JAKARTA).date() > date(2027, 3, 18)  # Lebaran lies between: it is not nine days later
    year.on(date(2027, 3, 17), FIRST)
    letter = {"official-statement": "BPBD 12/2027", "outlook": "Pulih dalam tiga hari."}
    year.steps(case, (FIRST, "write", letter))
    year.sign(case, "sign")
    year.steps(case, (FIRST, "send", {"channel": "absah"}), (SECOND, "receive", {}))
    key = year.case(case).case.number
    year.again(FIRST)
    year.post(f"kewajiban/KH-3/{key}/", act="take")
    year.again(SECOND)
    year.post(f"kewajiban/KH-3/{key}/", act="accept", on=year.today.isoformat())
    year.steps(case, (FIRST, "end", {"over-on": "2027-03-12", "losses-rows": "1", "losses-0-0": "Satu peladen"}))


def _ticket(year: Year) -> None:
    year.on(date(2027, 4, 5), FIRST)
    case = year.open("support", **{"class": "integrity", "description": "Dokumen berubah."})
    answer = {"answer": "Dokumen disunting setelah ditandatangani.", "cause": "document-changed"}
    year.steps(case, (SECOND, "take", {}), (SECOND, "answer", answer), (FIRST, "close", {}))
    year.take("K2-d", year.case(case).case.number)


def _training(year: Year) -> None:
    year.on(date(2027, 4, 12), FIRST)
    case = year.open("event", **EVENT | {"subject": "Bimtek", "begins": "2027-04-27T09:00"})
    assignment = {"speaker": "Dr. Ahli", "speaker-post": "Sandiman", "assignment": "ST-7/2027"}
    year.steps(case, (FIRST, "request-speaker", {"wanted": "Ahli"}), (SECOND, "assign", assignment))
    key = year.case(case).case.number
    year.again(FIRST)
    year.post("kewajiban/K2-b/baru/", key=key, on="2027-04-12")
    year.on(date(2027, 4, 27), FIRST)
    year.steps(case, (FIRST, "start", {}))
    screen = year.client.get(f"{case}hadir/").content.decode()
    door = re.search(r'href="http://[^/]+(/hadir/[^"]+)"', screen)
    assert door is not None
    assert Client().post(door[1], here("Sari Dewi")).status_code == 302
    year.steps(case, (FIRST, "close", {}), (FIRST, "report", {"minutes": "Baik."}), (SECOND, "accept", {}))
    year.take("K1-k", key)
    year.take("K2-b", key)


def _requests(year: Year) -> None:
    year.on(date(2027, 5, 3), SECOND)
    asked = {"key": "D-1", "duty": "K1-b", "items": "Daftar pegawai", "asked_on": "2027-05-03", "need": "penerbitan"}
    year.post("catatan/request/", **asked)
    advice = {"number": "R-1", "given_on": "2027-05-03", "text": "Simpan log setahun.", "priority": "high"}
    year.post("catatan/recommendation/", **advice)
    year.on(date(2027, 5, 12), FIRST)
    year.post("catatan/request/1/hand-over/", on="2027-05-12", received_by="Bagas")
    year.post("catatan/recommendation/1/follow-up/", on="2027-05-12", what="Log disimpan.", completes="on")
    year.take("K1-b", "D-1")
    year.take("K1-f", "R-1")


def _security(year: Year) -> None:
    year.on(date(2027, 5, 17), SECOND)
    case = year.open("security-assessment", scope="Laporan ITSA")
    about = {"method": "itsa", "report-number": "7", "system": "Surat", "begun": "2027-05-18", "ended": "2027-05-21"}
    found = table("findings", ["A", "CWE-79", "high", "Sisipan skrip", "Sandikan", "open", ""])
    year.on(date(2027, 5, 24), FIRST)
    year.steps(
        case,
        (FIRST, "record", {"tester": "Tim", **about, **found}),
        (FIRST, "deliver", {}),
        (SECOND, "receive", {}),
    )
    year.take("K1-e", year.case(case).case.number)
    year.again(FIRST)
    case = year.open("security-controls", year="2027")
    listed = table("controls", ["Dua faktor", "Pencurian sandi", "Tim TI", "full", "Setelan", "2027-05-24", ""])
    done = {"reviewer": "Tim", "conclusion": "Cukup"}
    year.steps(case, (FIRST, "list", listed), (FIRST, "review", done), (SECOND, "read", {}))
    year.take("K1-d", "2027")


def _procedure(year: Year) -> None:
    year.on(date(2027, 6, 2), FIRST)
    case = year.open("procedure", name="Penerbitan", number="SOP/1", unit="Dinas")
    key = year.case(case).case.number
    year.post("kewajiban/K2-c/baru/", key=key, on="2027-06-02")
    helped = {"session": "2027-06-02T10:00", "advisers": "Bagas", "advice": "Tambahkan pencabutan"}
    year.steps(
        case,
        (FIRST, "write", TEXT | flow(FLOW)),
        (FIRST, "ask-help", {"question": "Bagaimana pencabutan?"}),
        (SECOND, "help", helped),
        (FIRST, "submit", {}),
        (SECOND, "agree", {}),
    )
    year.again(FIRST)
    year.sign(case, "approve")
    year.take("K1-c", "2027")
    year.take("K2-c", key)


def _promotion(year: Year) -> None:
    year.on(date(2027, 6, 21), FIRST)
    new = {"held": "2027-06-21", "channel": "site", "audience": "public", "message": "Cara memeriksa dokumen"}
    case = year.open("promotion", **new)
    year.steps(case, (FIRST, "finish", {"reach": "340"}), (SECOND, "read", {}))
    year.take("K1-h", "2027")


def _policy(year: Year) -> None:
    year.on(date(2027, 7, 5), SECOND)
    instance = year.walk.instance
    repository.draft_policy(draft(), by=instance.officer("stefanus", Role.OPERATOR))
    repository.publish_policy(PolicyKind.CP, "1.0", by=instance.officer("melati", Role.CA))
    repository.receive_policy(PolicyKind.CP, "1.0", year.walk.office.agency, by=year.both.rina)
    year.post("kewajiban/K2-e/cp-1.0/ditemukan/")
    year.take("K2-e", "cp-1.0")


def _assessment(year: Year) -> None:
    year.on(date(2027, 9, 6), SECOND)
    case = year.open("compliance", year="2027", assessor="Tim Penilai")
    year.steps(case, (SECOND, "draw", {}))
    names = [area.name for area in areas_of(year.case(case).case)]
    own = {f"self-{name}": "meets" for name in names}
    year.steps(
        case,
        (FIRST, "assess-self", own),
        (SECOND, "assess", dict.fromkeys(names, "meets")),
        (SECOND, "deliver", {}),
        (FIRST, "answer", {"follow-up": "Tidak ada temuan."}),
    )
    year.take("K2-f", "2027")


def _logo(year: Year, see: Callable[[Visit], None]) -> None:
    year.on(date(2027, 10, 4), FIRST)
    case = year.open("system-check", year="2027")
    year.steps(case, (FIRST, "visit", {}))
    address = SYSTEM["url"]
    now = year.walk.instance.clock.now()
    see(Visit(address=address, ended_at=address, seen_at=now, title="Surat", picture=PNG))
    jobs.run_due()
    (visited,) = visits._visits(year.case(case).case)
    judged = {"checker": "Rina", "judged-rows": "1", "judged-0-0": visited.system, "judged-0-1": "shown"}
    year.steps(case, (FIRST, "judge", judged), (SECOND, "confirm", {}))
    year.take("K1-i", "2027")


def _evaluation(year: Year) -> None:
    year.on(date(2027, 11, 8), FIRST)
    case = year.open("evaluation", year="2027", place="Jakarta", **{"held-on": "2027-11-08"})
    year.steps(case, (FIRST, "record", PEOPLE | SAID))
    year.sign(case, "sign-first")
    year.again(SECOND)
    assert year.sign_elsewhere(case, "sign-second", "#") == 302
    plan = {"plan-rows": "1", "plan-0-0": "Pelatihan Maret", "plan-0-1": "Bagas", "plan-0-2": "2028-03-31"}
    year.steps(case, (SECOND, "plan", plan), (SECOND, "improve", {"improved": "Pelatihan diadakan."}))
    owed = [("EV-1", "2027")]
    if any(duty.code == "EV-2" for duty in year.found.agreement.model.duties):
        owed.append(("EV-2", year.case(case).case.number))
    for duty, key in owed:
        year.again(FIRST)
        year.post(f"kewajiban/{duty}/{key}/", act="take")
        year.again(SECOND)
        year.post(f"kewajiban/{duty}/{key}/", act="accept", on=year.today.isoformat())
        year.done[duty] = key


def _extension(year: Year) -> None:
    year.on(date(2027, 12, 6), FIRST)
    case = year.open("extension", intended="2034-11-19", reason="Layanan berlanjut.")
    year.steps(case, (FIRST, "write", {}))
    year.sign(case, "sign")
    year.steps(case, (FIRST, "send", {"channel": "absah"}), (SECOND, "write-answer", {}))
    assert year.sign_elsewhere(case, "sign-answer", "#") == 302
    year.steps(case, (SECOND, "agree", {"channel": "absah"}))
    assert [state.state for state in year.found.states] == ["extended"]


def _report(year: Year) -> None:
    year.on(date(2028, 1, 10), FIRST)
    case = year.open("usage-report", year="2027")
    year.steps(case, (FIRST, "freeze", {}))
    jobs.run_due()
    year.sign(case, "sign")
    year.steps(case, (FIRST, "deliver", {}), (SECOND, "receive", {}), (SECOND, "accept", {}))
    year.take("K1-g", "2027")
    data = next(paper for paper in year.case(case).case.papers if paper.what == "data")
    figures = json.loads(composition.documents().read(data.sha256))["figures"]
    assert figures["signatures.signed"] >= SIGNATURES


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("year", ["kementerian", "daerah"], indirect=True)
def test_a_year_ends_with_evidence_and_acceptance_of_all_seventeen_duties(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    _issuance(year)
    _systems_and_signatures(year)
    _flood_over_lebaran(year)
    _ticket(year)
    _training(year)
    _requests(year)
    _security(year)
    _procedure(year)
    _promotion(year)
    _policy(year)
    _assessment(year)
    _logo(year, lambda visit: seen(monkeypatch, visit))
    _evaluation(year)
    _extension(year)
    _report(year)
    calendar = agreements.work_calendar(year.today)
    for code in SEVENTEEN:
        item = agreements.item_of(year.found, DutyCode(code), year.done[code], calendar)
        assert item.fulfilment is not None
        assert (code, item.fulfilment.state, item.standing) == (code, "accepted", Standing.MET)
        assert item.fulfilment.evidence
    late = [item for item in agreements.items_of(year.found, calendar) if item.key == "2027"]
    assert not [item.duty.code for item in late if item.standing is Standing.OVERDUE]
    everything = agreements.fulfilments(year.found)
    for code in SEVENTEEN:  # nobody had to upload anything
        assert all(piece.source is not Source.PERSON for piece in everything[DutyCode(code), year.done[code]].evidence)
    answer = year.client.post(f"{year.base}bundel/", {"first": "2026-11-01"})
    found = check_bundle(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    assert found["duties"] >= len(SEVENTEEN)
    assert found["withheld"] == 0
