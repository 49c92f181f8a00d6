"""Addresses of verification: the page, shared results, the interface for programs."""

from django.urls import path
from django.views.generic import RedirectView

from absah_site.validation.views import checking, programs, results

app_name = "validation"
urlpatterns = [
    path("periksa/", checking.check, name="check"),
    path("periksa/sidik-jari/", checking.by_fingerprint, name="by-fingerprint"),
    path("periksa/sidik-jari/<str:sha256>/", checking.kept, name="kept"),
    path("periksa/dikenal/<str:sha256>/", checking.is_known, name="is-known"),
    path("periksa/gambar/<str:ticket>/<slug:name>/", results.picture, name="picture"),
    path("periksa/laporan/<str:ticket>/<slug:form>/", results.report_file, name="report-file"),
    path("periksa/tanda-terima/<str:ticket>/", results.receipt, name="receipt"),
    path("hasil/", results.share, name="share"),
    path("hasil/<str:identifier>/", results.shared, name="shared"),
    path("hasil/<str:identifier>/tanda-terima/", results.shared_receipt, name="shared-receipt"),
    path("verify/", RedirectView.as_view(pattern_name="validation:check")),
    path("api/verify", programs.verify, name="api"),
    path("api/verify/openapi.json", programs.description, name="api-description"),
]
