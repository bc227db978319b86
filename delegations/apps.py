"""The delegations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DelegationsConfig(AppConfig):
    name = "delegations"
    verbose_name = _("Delegations")

    def ready(self) -> None:
        """Register the kind of mail that this app sends."""
        # Imported here, because models cannot be imported before the apps are ready.
        from delegations.domain.mail import decisions  # noqa: PLC0415
        from events.domain.mail import kinds  # noqa: PLC0415

        kinds.register(decisions.KIND)
