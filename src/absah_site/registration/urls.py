"""Addresses of registration."""

from django.urls import path

from absah_site.registration.views import activation, agencies, entering, imports, mine, people, person, table

app_name = "registration"
urlpatterns = [
    path("pendaftaran/", table.queue, name="queue"),
    path("pendaftaran/baru/", entering.enter, name="enter"),
    path("pendaftaran/daftar/", imports.upload, name="import-new"),
    path("pendaftaran/daftar/contoh.csv", imports.example, name="import-example"),
    path("pendaftaran/daftar/<uuid:identifier>/", imports.listed, name="import"),
    path("pendaftaran/daftar/<uuid:identifier>/mulai/", imports.begin, name="import-begin"),
    path("pendaftaran/<uuid:identifier>/", table.request, name="request"),
    path("pendaftaran/<uuid:identifier>/keputusan/", table.decide, name="decide"),
    path("pendaftaran/<uuid:identifier>/nik/", table.reveal, name="reveal"),
    path("pendaftaran/<uuid:identifier>/berkas/<str:kind>/", table.evidence, name="evidence"),
    path("pendaftaran/<uuid:identifier>/undangan/", entering.invite, name="invite"),
    path("pendaftaran/<uuid:identifier>/surat/", entering.letter, name="letter"),
    path("pendaftaran/<uuid:identifier>/batal/", entering.cancel, name="cancel"),
    path("instansi/", agencies.listed, name="agencies"),
    path("instansi/baru/", agencies.register, name="register-agency"),
    path("instansi/penunjukan/<uuid:identifier>.pdf", agencies.letter, name="appointment"),
    path("instansi/<uuid:identifier>/", agencies.agency, name="agency"),
    path("instansi/<uuid:identifier>/<str:step>/", agencies.act, name="agency-act"),
    path("pegawai/", people.people, name="people"),
    path("pegawai/cari/", people.search, name="search"),
    path("pegawai/berubah/", people.moved, name="moved"),
    path("pegawai/berakhir/", people.ending, name="ending"),
    path("pegawai/<str:number>/", people.person, name="person"),
    path("pegawai/<str:number>/ubah/", people.change, name="change"),
    path("pegawai/<str:number>/<str:step>/", people.act, name="act"),
    path("kunci-saya/frasa-sandi/", mine.passphrase, name="passphrase"),
    path("kunci-saya/pembaruan/", mine.renewal, name="renewal"),
    path("kunci-saya/kunci-baru/", mine.replacement, name="replacement"),
    path("kunci-saya/perjanjian/", mine.agreement, name="agreement"),
    path("kunci-saya/perjanjian.pdf", mine.agreement_file, name="agreement-file"),
    path("undangan/foto/", person.pictures, name="pictures"),
    path("undangan/foto/<str:kind>/", person.picture, name="picture"),
    path("undangan/data/", person.identity, name="identity"),
    path("undangan/terkirim/", person.sent, name="sent"),
    path("undangan/pelajaran/", activation.lesson, name="lesson"),
    path("undangan/aktivasi/", activation.activate, name="activate"),
    path("undangan/<str:token>/", person.arrive, name="arrive"),
]
