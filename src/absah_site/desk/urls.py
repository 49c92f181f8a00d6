"""Addresses of the leader's desk."""

from django.urls import path

from absah_site.desk import views

app_name = "desk"
urlpatterns = [
    path("meja/", views.desk, name="desk"),
    path("meja/<uuid:identifier>/", views.bundle, name="bundle"),
    path("meja/<uuid:identifier>/kunci-sandi/", views.question, name="question"),
    path("meja/<uuid:identifier>/sisihkan/", views.aside, name="aside"),
    path("meja/<uuid:identifier>/jeda/", views.pause, name="pause"),
    path("meja/<uuid:identifier>/ulangi/", views.again, name="again"),
    path("meja/<uuid:identifier>/kumpulan.zip", views.take_home, name="zip"),
]
