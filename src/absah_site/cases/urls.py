"""Addresses of cases, under their agreement."""

from django.urls import path

from absah_site.cases.views import assessments, bundles, cases, letters, support, versions

app_name = "cases"
urlpatterns = [
    path("kasus/tiket/", support.desk, name="desk"),
    path("kasus/dukungan/", support.new_ticket, name="support"),
    path("perjanjian/<uuid:identifier>/kasus/", cases.cases, name="cases"),
    path("perjanjian/<uuid:identifier>/kasus/baru/<slug:kind>/", cases.open_case, name="open"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/", cases.case, name="case"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/penilaian/", assessments.assessment, name="assessment"),
    path("perjanjian/<uuid:identifier>/bundel/", bundles.bundle, name="bundle"),
    path("perjanjian/<uuid:identifier>/buku-nomor/", letters.book, name="book"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/berkas.pdf", letters.document, name="document"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/<slug:act>/tanda-tangan/", letters.sign, name="sign"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/<slug:act>/surat.zip", letters.bundle, name="letter"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/versi/", versions.versions, name="versions"),
]
