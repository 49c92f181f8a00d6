"""Addresses of the repository. Certificates name those under `repo/` for ever."""

from django.urls import path

from absah_site.repository import views

app_name = "repository"
urlpatterns = [
    path("repo/ca/<str:name>", views.ca_certificate, name="ca-certificate"),
    path("repo/crl/<str:name>", views.revocation_list, name="crl"),
    path("repo/policy/<str:name>", views.policy_file, name="policy"),
    path("repositori/", views.public, name="public"),
    path("repositori/kelola/", views.manage, name="manage"),
    path("repositori/kelola/<str:kind>/<str:version>/terbit/", views.publish, name="publish"),
    path("repositori/kiriman/", views.received, name="received"),
    path("repositori/kiriman/<str:kind>/<str:version>/<uuid:agency>/", views.receive, name="receive"),
]
