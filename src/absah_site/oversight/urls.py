"""Addresses of the operators' pages."""

from django.urls import path

from absah_site.oversight import views

app_name = "oversight"
urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
    path("otoritas/", views.overview, name="overview"),
    path("otoritas/sertifikat/", views.certificates, name="certificates"),
    path("otoritas/sertifikat/<str:serial>/", views.certificate, name="certificate"),
    path("otoritas/sertifikat/<str:serial>/<str:step>/", views.change, name="change"),
    path("otoritas/layanan/", views.authorities, name="authorities"),
    path("otoritas/layanan/<slug:slug>/daftar/", views.shards, name="shards"),
    path("otoritas/usulan/", views.proposals, name="proposals"),
    path("otoritas/usulan/<uuid:public_id>/", views.proposal, name="proposal"),
    path("otoritas/usulan/<uuid:public_id>/<str:decision>/", views.decide, name="decide"),
    path("otoritas/usulan/<uuid:public_id>/pemilik.csv", views.campaign_file, name="campaign"),
]
