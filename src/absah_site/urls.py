"""The address space of the site: each app brings its own."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

_APPS = ("accounts", "enrolment", "pki", "signing", "validation", "pages")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"absah_site.{app}.urls")) for app in _APPS if find_spec(f"absah_site.{app}.urls")
]

handler400 = "absah_site.problems.bad_request"
handler403 = "absah_site.problems.forbidden"
handler404 = "absah_site.problems.not_found"
handler500 = "absah_site.problems.server_error"
