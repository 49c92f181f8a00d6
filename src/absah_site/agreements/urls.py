"""Addresses of the agreements."""

from django.urls import path

from absah_site.agreements.views import addenda, calendar, drafting, duties, papers, reading, records, steps

app_name = "agreements"
urlpatterns = [
    path("perjanjian/", reading.portfolio, name="portfolio"),
    path("perjanjian/hari-libur/", calendar.holidays, name="holidays"),
    path("kalender/<str:token>.ics", calendar.subscription, name="subscription"),
    path("perjanjian/baru/", drafting.draft, name="draft"),
    path("perjanjian/<uuid:identifier>/", reading.overview, name="overview"),
    path("perjanjian/<uuid:identifier>/naskah/", reading.text, name="text"),
    path("perjanjian/<uuid:identifier>/pihak/", reading.parties, name="parties"),
    path("perjanjian/<uuid:identifier>/adendum/", addenda.addenda, name="addenda"),
    path("perjanjian/<uuid:identifier>/adendum/baru/", addenda.draft_addendum, name="draft-addendum"),
    path("perjanjian/<uuid:identifier>/adendum/<int:number>/", addenda.addendum, name="addendum"),
    path("perjanjian/<uuid:identifier>/adendum/<int:number>/adendum.pdf", addenda.addendum_file, name="addendum-file"),
    path("perjanjian/<uuid:identifier>/perjanjian.pdf", drafting.file, name="file"),
    path("perjanjian/<uuid:identifier>/tanda-tangan/", drafting.sign, name="sign"),
    path("perjanjian/<uuid:identifier>/sudah-ditandatangani/", drafting.adopt, name="adopt"),
    path("perjanjian/<uuid:identifier>/langkah/<slug:act>/", steps.act, name="act"),
    path("perjanjian/<uuid:identifier>/tafsir/<slug:question>/", steps.confirm_reading, name="confirm-reading"),
    path("perjanjian/<uuid:identifier>/berkas/", papers.papers, name="papers"),
    path("perjanjian/<uuid:identifier>/berkas/<slug:sha256>/", papers.take, name="take"),
    path("perjanjian/<uuid:identifier>/berkas/<slug:sha256>/pihak-luar/", papers.disclose, name="disclose"),
    path("perjanjian/<uuid:identifier>/kalender/", calendar.calendar, name="calendar"),
    path("perjanjian/<uuid:identifier>/kalender.ics", calendar.feed, name="feed"),
    path("perjanjian/<uuid:identifier>/catatan/", records.registers, name="registers"),
    path("perjanjian/<uuid:identifier>/catatan/<slug:name>/", records.register, name="register"),
    path("perjanjian/<uuid:identifier>/catatan/<slug:name>/<int:number>/", records.record, name="record"),
    path(
        "perjanjian/<uuid:identifier>/catatan/<slug:name>/<int:number>/<slug:act>/", records.addition, name="addition"
    ),
    path("perjanjian/<uuid:identifier>/kewajiban/", reading.board, name="board"),
    path("perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/baru/", duties.tell_occasion, name="tell"),
    path(
        "perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/<str:key>/ditemukan/", duties.tell_found, name="tell-found"
    ),
    path("perjanjian/<uuid:identifier>/kewajiban/<slug:duty>/<str:key>/", duties.duty, name="duty"),
]
