"""Addresses of registration."""

from django.urls import path

from absah_site.registration.views import activation, entering, person, table

app_name = "registration"
urlpatterns = [
    path("pendaftaran/", table.queue, name="queue"),
    path("pendaftaran/baru/", entering.enter, name="enter"),
    path("pendaftaran/<uuid:identifier>/", table.request, name="request"),
    path("pendaftaran/<uuid:identifier>/keputusan/", table.decide, name="decide"),
    path("pendaftaran/<uuid:identifier>/nik/", table.reveal, name="reveal"),
    path("pendaftaran/<uuid:identifier>/berkas/<str:kind>/", table.evidence, name="evidence"),
    path("pendaftaran/<uuid:identifier>/undangan/", entering.invite, name="invite"),
    path("pendaftaran/<uuid:identifier>/surat/", entering.letter, name="letter"),
    path("pendaftaran/<uuid:identifier>/batal/", entering.cancel, name="cancel"),
    path("undangan/foto/", person.pictures, name="pictures"),
    path("undangan/foto/<str:kind>/", person.picture, name="picture"),
    path("undangan/data/", person.identity, name="identity"),
    path("undangan/terkirim/", person.sent, name="sent"),
    path("undangan/pelajaran/", activation.lesson, name="lesson"),
    path("undangan/aktivasi/", activation.activate, name="activate"),
    path("undangan/<str:token>/", person.arrive, name="arrive"),
]
