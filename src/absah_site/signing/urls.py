"""Addresses of the holder's page and of what a QR leads to."""

from django.urls import path

from absah_site.signing import views

app_name = "signing"
urlpatterns = [
    path("sertifikat-saya/", views.mine, name="mine"),
    path("sertifikat-saya/<str:serial>/kunci-hilang/", views.key_lost, name="key-lost"),
    path("sertifikat-saya/kunci-sandi/", views.passkeys, name="passkeys"),
    path("sertifikat-saya/kunci-sandi/<str:code>/lepas/", views.release, name="release-passkey"),
    path("d/<uuid:identifier>/", views.signature, name="signature"),
]
