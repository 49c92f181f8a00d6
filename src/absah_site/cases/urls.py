"""Addresses of cases, under their agreement."""

from django.urls import path

from absah_site.cases.views import cases

app_name = "cases"
urlpatterns = [
    path("kasus/dukungan/", cases.support, name="support"),
    path("perjanjian/<uuid:identifier>/kasus/", cases.cases, name="cases"),
    path("perjanjian/<uuid:identifier>/kasus/baru/<slug:kind>/", cases.open_case, name="open"),
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/", cases.case, name="case"),
]
