"""The address space of the site: each app brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("absah_site.accounts.urls")),
    path("", include("absah_site.inbox.urls")),
    path("", include("absah_site.receivers.urls")),
    path("", include("absah_site.privacy.urls")),
    path("", include("absah_site.registration.urls")),
    path("", include("absah_site.national.urls")),
    path("", include("absah_site.outside.urls")),
    path("", include("absah_site.relay.urls")),
    path("", include("absah_site.dossiers.urls")),
    path("", include("absah_site.branding.urls")),
    path("", include("absah_site.desk.urls")),
    path("", include("absah_site.archive.urls")),
    path("", include("absah_site.signing.urls")),
    path("", include("absah_site.validation.urls")),
    path("", include("absah_site.oversight.urls")),
    path("", include("absah_site.jobs.urls")),
    path("", include("absah_site.ledger.urls")),
    path("", include("absah_site.servers.urls")),
    path("", include("absah_site.applications.urls")),
    path("", include("absah_site.seals.urls")),
    path("", include("absah_site.repository.urls")),
    path("", include("absah_site.training.urls")),
    path("", include("absah_site.cases.urls")),
    path("", include("absah_site.agreements.urls")),
    path("", include("absah_site.guide.urls")),
    path("", include("absah_site.pages.urls")),
]

handler400 = "absah_site.problems.bad_request"
handler403 = "absah_site.problems.forbidden"
handler404 = "absah_site.problems.not_found"
handler500 = "absah_site.problems.server_error"
