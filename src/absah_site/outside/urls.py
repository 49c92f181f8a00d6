"""Addresses of certificates issued elsewhere."""

from django.urls import path

from absah_site.outside.views import entering, table, welcoming

app_name = "outside"
urlpatterns = [
    path("sertifikat-luar/", table.listed, name="list"),
    path("sertifikat-luar/selaraskan/", table.look_now, name="look"),
    path("sertifikat-luar/<str:number>/undang/", table.welcome, name="welcome"),
    path("sertifikat-luar/daftar/", entering.upload, name="import-new"),
    path("sertifikat-luar/daftar/contoh.csv", entering.example, name="import-example"),
    path("sertifikat-luar/daftar/<uuid:identifier>/", entering.listed, name="import"),
    path("sertifikat-luar/daftar/<uuid:identifier>/mulai/", entering.begin, name="import-begin"),
    path("selamat-datang/", welcoming.make_account, name="account"),
    path("selamat-datang/<str:token>/", welcoming.arrive, name="arrive"),
]
