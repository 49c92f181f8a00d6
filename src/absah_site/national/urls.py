"""Addresses of the page of the connection."""

from django.urls import path

from absah_site.national import views

app_name = "national"
urlpatterns = [
    path("layanan-nasional/", views.connection, name="connection"),
    path("layanan-nasional/periksa/", views.look, name="look"),
]
