"""Addresses of signatures whose outcome is open."""

from django.urls import path

from absah_site.relay import views

app_name = "relay"
urlpatterns = [
    path("tanda-tangan-terbuka/", views.listed, name="list"),
    path("tanda-tangan-terbuka/<uuid:identifier>/", views.one, name="one"),
    path("tanda-tangan-terbuka/<uuid:identifier>/cari/", views.look_for, name="look"),
    path("tanda-tangan-terbuka/<uuid:identifier>/bebaskan/", views.release, name="release"),
    path("tanda-tangan-terbuka/<uuid:identifier>/dokumen/", views.document, name="document"),
]
