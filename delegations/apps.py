"""The delegations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DelegationsConfig(AppConfig):
    name = "delegations"
    verbose_name = _("Delegations")

    def ready(self) -> None:
        """Register its kind of mail, what can be found in it, and where it names organisers."""
        # Imported here, because models cannot be imported before the apps are ready.
        from delegations.domain.directory import organisations  # noqa: PLC0415
        from delegations.domain.mail import decisions  # noqa: PLC0415
        from delegations.domain.search import findable  # noqa: PLC0415
        from events.domain.mail import kinds  # noqa: PLC0415
        from events.domain.programme import completeness  # noqa: PLC0415
        from events.domain.search import registry  # noqa: PLC0415

        kinds.register(decisions.KIND)
        registry.register(findable.KIND)
        completeness.register(organisations.organise)
