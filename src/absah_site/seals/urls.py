"""Addresses of the page of seals."""

from django.urls import path

from absah_site.seals import views

app_name = "seals"
urlpatterns = [
    path("segel/", views.listed, name="list"),
    path("segel/baru/", views.make, name="make"),
    path("segel/<str:number>/aktivasi/", views.activate, name="activate"),
]
