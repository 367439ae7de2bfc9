"""Addresses of the API, below /api/v1/."""

from muniment.api.service import build

app_name = "api"
api = build()
urlpatterns = api.urls[0]
