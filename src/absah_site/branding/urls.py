"""Addresses of the logos."""

from django.urls import path

from absah_site.branding import views

app_name = "branding"
urlpatterns = [
    path("tampilan/", views.branding, name="branding"),
    path("merek/<slug:place>-<slug:version>.png", views.picture, name="picture"),
]
