"""Addresses of the archive."""

from django.urls import path

from absah_site.archive import views

app_name = "archive"
urlpatterns = [
    path("arsip/", views.archive, name="archive"),
    path("arsip/<uuid:identifier>/", views.entry, name="entry"),
    path("arsip/<uuid:identifier>/tindakan/", views.act, name="act"),
    path("arsip/<uuid:identifier>/paket.zip", views.export, name="export"),
]
