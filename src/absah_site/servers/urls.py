"""Addresses of the pages about servers."""

from django.urls import path

from absah_site.servers import views

app_name = "servers"
urlpatterns = [
    path("peladen/", views.mine, name="mine"),
    path("peladen/domain/", views.ask, name="ask"),
    path("peladen/domain/<uuid:identifier>/periksa/", views.check, name="check"),
    path("peladen/permohonan/", views.place, name="place"),
    path("peladen/permohonan/<uuid:identifier>/sertifikat.pem", views.certificate, name="certificate"),
    path("peladen/antrean/", views.queue, name="queue"),
    path("peladen/antrean/<uuid:identifier>/<str:decision>/", views.decide, name="decide"),
]
