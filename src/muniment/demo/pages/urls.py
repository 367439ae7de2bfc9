"""Addresses of the tour. Everywhere but in a demo's home they answer 404."""

from django.urls import path

from muniment.demo.pages import views

urlpatterns = [
    path("tour", views.tour, name="tour"),
    path("tour/mail", views.mail, name="tour_mail"),
    path("tour/check", views.check, name="tour_check"),
    path("tour/damage", views.damage, name="tour_damage"),
    path("tour/undo", views.undo, name="tour_undo"),
    path("tour/<int:number>", views.step, name="tour_step"),
    path("tour/<int:number>/done", views.done, name="tour_done"),
]
