"""Addresses of the pages for everyone."""

from django.urls import path
from django.views.generic import RedirectView

from absah_site.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("beranda/", views.desk, name="desk"),
    path("bantuan/", views.help_page, name="help"),
    path("kepercayaan/", views.trust, name="trust"),
    path("privasi/", views.privacy, name="privacy"),
    path("aksesibilitas/", views.accessibility, name="accessibility"),
    path("bahasa/", views.language, name="language"),
    path("sehat/", views.health, name="health"),
    path("healthz", views.health),
    path("favicon.ico", RedirectView.as_view(url="/static/mark.svg")),
]
