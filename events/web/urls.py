"""Routes: pages have a language prefix; feeds and files have one address for all languages."""

from django.urls import path
from django.views.generic import TemplateView

from events.values import secretpaths
from events.web import monitoring
from events.web.feeds import feeds
from events.web.links import answers, optouts
from events.web.public import views

pages = [
    path("", views.home, name="home"),
    path("events/<slug:slug>/", views.event, name="event"),
    path("subscribe/", views.subscribe, name="subscribe"),
]
files = [
    path("calendar/public.ics", feeds.public, name="public-feed"),
    path(f"{secretpaths.FEED}<str:token>/", views.programme, name="secret-page"),
    path(f"{secretpaths.FEED}<str:token>.ics", feeds.secret, name="secret-feed"),
    path(f"{secretpaths.ANSWER}<str:token>", answers.answer, name="answer"),
    path("readyz", monitoring.readyz, name="readyz"),
    path("metrics", monitoring.metrics, name="metrics"),
    path(f"{secretpaths.OPT_OUT}<str:token>", optouts.opt_out, name="opt-out"),
    path("events/<slug:slug>.ics", feeds.single, name="event-ics"),
    path(
        "robots.txt",
        TemplateView.as_view(template_name="robots.txt", content_type="text/plain"),
        name="robots",
    ),
]
