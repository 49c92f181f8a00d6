"""Addresses of the pages about applications."""

from django.urls import path, re_path

from absah_site.applications import views

app_name = "applications"
urlpatterns = [
    path("api/esign/openapi.json", views.description, name="description"),
    path("aplikasi/", views.listed, name="list"),
    path("aplikasi/baru/", views.register, name="register"),
    path("aplikasi/<uuid:identifier>/", views.one, name="one"),
    path("aplikasi/<uuid:identifier>/pengaturan/", views.change, name="change"),
    path("aplikasi/<uuid:identifier>/kata-sandi/", views.draw, name="draw"),
    path("aplikasi/<uuid:identifier>/sertifikat/", views.bind, name="bind"),
    re_path(
        r"^aplikasi/(?P<identifier>[0-9a-f-]{36})/sertifikat/(?P<fingerprint>[0-9a-f]{64})/lepas/$",
        views.release,
        name="release",
    ),
    re_path(r"^aplikasi/(?P<identifier>[0-9a-f-]{36})/(?P<state>aktif|nonaktif)/$", views.switch, name="switch"),
]
