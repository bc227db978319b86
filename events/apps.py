"""The events app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Register the kinds of mail that this app sends, and what can be found in it."""
        # Imported here, because models cannot be imported before the apps are ready.
        from events.domain import mailkinds  # noqa: PLC0415
        from events.domain.mail import kinds  # noqa: PLC0415
        from events.domain.search import kinds as findable  # noqa: PLC0415
        from events.domain.search import registry  # noqa: PLC0415

        kinds.register(*mailkinds.KINDS)
        registry.register(*findable.KINDS)
