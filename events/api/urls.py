"""The routes of events in the API."""

from rest_framework.routers import SimpleRouter

from events.api import views

router = SimpleRouter(use_regex_path=False)
router.register("events", views.Events, basename="api-event")
router.register("series", views.Series, basename="api-series")
router.register("places", views.Places, basename="api-place")
router.register("organisations", views.Organisations, basename="api-organisation")

urlpatterns = router.urls
