"""What the API shows of each row; a field that is not named here is never shown.

Empty texts are ''; numbers, dates, links and rows that are missing are null. DRF removes declared
fields from the class body, so a field named `source` or `parent` shadows no attribute of DRF; mypy
does not know this, hence the ignored errors.
"""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field
from modeltranslation.utils import build_localized_fieldname
from rest_framework import serializers

from events.models import (
    Basis,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Evidence,
    Figure,
    Organisation,
    Place,
    Sector,
    Source,
)
from events.values import dates

DRAFT = Event.Status.DRAFT
PUBLISHED = [choice for choice in Event.Status.choices if choice[0] != DRAFT]


class Translations(serializers.Field[Model, Any, dict[str, dict[str, str | None]], Model]):
    """Texts in every language as entered; null where a translation is missing."""

    def __init__(self, *names: str) -> None:
        super().__init__(source="*", read_only=True)
        self.names = names
        text = {"type": ["string", "null"]}
        texts = _object(dict.fromkeys(names, text))
        set_override(self, "field", _object({code: texts for code, _ in settings.LANGUAGES}))

    def to_representation(self, row: Model) -> dict[str, dict[str, str | None]]:
        return {
            code: {
                name: getattr(row, build_localized_fieldname(name, code)) or None
                for name in self.names
            }
            for code, _ in settings.LANGUAGES
        }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@extend_schema_field({"type": "string", "pattern": r"^\d\d:\d\d$", "example": "09:30"})
class WallTime(serializers.TimeField):
    """A local time without a zone, to the minute."""

    def __init__(self) -> None:
        super().__init__(format="%H:%M", allow_null=True)


class Instant(serializers.DateTimeField):
    """A moment in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class SourceSerializer(serializers.Serializer[Source]):
    slug = serializers.CharField()
    name = serializers.CharField()
    publisher = serializers.CharField()
    published = serializers.CharField(help_text="EDTF.")


class EvidenceSerializer(serializers.Serializer[Evidence]):
    field = serializers.CharField(help_text="The value that is supported, such as when.start.")
    basis = serializers.ChoiceField(Basis.choices)
    source = SourceSerializer(allow_null=True)  # type: ignore[assignment]
    line = serializers.IntegerField(allow_null=True, help_text="Where it stands in the source.")
    reference = serializers.CharField(help_text="Where else it stands.")
    note = serializers.CharField()


class WhenSerializer(serializers.Serializer[Event]):
    """Local days and times, both ends inclusive; coarse dates are a window, not a duration."""

    edtf = serializers.SerializerMethodField(help_text="ISO 8601-2, such as 2025-40 or 2024-11.")
    precision = serializers.ChoiceField(Event.Precision.choices)
    basis = serializers.ChoiceField(Basis.choices)
    qualifier = serializers.ChoiceField(Event.Qualifier.choices, allow_blank=True)
    start_on = serializers.DateField(allow_null=True)
    end_on = serializers.DateField(allow_null=True)
    start_time = WallTime()
    end_time = WallTime()
    start_at = Instant(allow_null=True)
    end_at = Instant(allow_null=True, help_text="The first moment after it.")
    timezone = serializers.CharField(help_text="IANA name.")
    end_timezone = serializers.CharField(help_text="Only where the end has a zone of its own.")
    text = serializers.CharField(source="date_text", help_text="The words of the source.")

    def get_edtf(self, event: Event) -> str:
        return dates.to_edtf(event.when)


class PlaceInBriefSerializer(serializers.Serializer[Place]):
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Place.Kind.choices)
    country = serializers.CharField(source="country.code", help_text="ISO 3166-1 alpha-2.")
    timezone = serializers.CharField(
        source="find_zone", help_text="IANA name; its own or that of the place it lies in."
    )


class PlaceSerializer(PlaceInBriefSerializer):
    translations = Translations("name")
    parent = serializers.CharField(source="parent_slug", allow_null=True)  # type: ignore[assignment]
    subdivision = serializers.CharField(help_text="ISO 3166-2.")
    unlocode = serializers.CharField()
    address = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class SectorSerializer(serializers.Serializer[Sector]):
    slug = serializers.CharField()
    name = serializers.CharField()


class OrganisationInBriefSerializer(serializers.Serializer[Organisation]):
    slug = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    kind = serializers.ChoiceField(Organisation.Kind.choices)


class OrganisationSerializer(OrganisationInBriefSerializer):
    translations = Translations("name", "short_name")
    aliases = serializers.ListField(child=serializers.CharField())
    parent = serializers.CharField(source="parent.slug", allow_null=True)  # type: ignore[assignment]
    place = PlaceInBriefSerializer(allow_null=True)
    sectors = SectorSerializer(many=True)
    named = serializers.BooleanField(help_text="False for a group such as a dozen enterprises.")
    headcount_text = serializers.CharField()


class SeriesInBriefSerializer(serializers.Serializer[EventSeries]):
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(EventSeries.Kind.choices)


class SeriesSerializer(SeriesInBriefSerializer):
    cadence = serializers.CharField()
    translations = Translations("name", "cadence")
    place = PlaceInBriefSerializer(allow_null=True)
    established = serializers.CharField(help_text="EDTF.")
    evidence = EvidenceSerializer(many=True)


class EventPlaceSerializer(serializers.Serializer[EventPlace]):
    role = serializers.ChoiceField(EventPlace.Role.choices)
    direction = serializers.ChoiceField(EventPlace.Direction.choices, allow_blank=True)
    place = PlaceInBriefSerializer()


class EventOrganisationSerializer(serializers.Serializer[EventOrganisation]):
    role = serializers.ChoiceField(EventOrganisation.Role.choices)
    organisation = OrganisationInBriefSerializer()


class FigureSerializer(serializers.Serializer[Figure]):
    value = serializers.DecimalField(18, 2, allow_null=True, normalize_output=True)
    unit = serializers.CharField()
    comparator = serializers.ChoiceField(Figure.Comparator.choices)
    period = serializers.CharField(help_text="EDTF interval.")
    evidence = EvidenceSerializer(many=True)


class EventSerializer(serializers.Serializer[Event]):
    slug = serializers.CharField()
    uid = serializers.CharField(source="ical_uid", help_text="As in every feed (RFC 5545).")
    url = serializers.SerializerMethodField(help_text="The event’s page.")
    ics = serializers.SerializerMethodField(help_text="Its calendar; dates to the day only.")
    title = serializers.CharField()
    description = serializers.CharField()
    translations = Translations("title", "description")
    kind = serializers.ChoiceField(Event.Kind.choices)
    status = serializers.ChoiceField(PUBLISHED)
    attendance_mode = serializers.ChoiceField(Event.AttendanceMode.choices)
    origin = serializers.ChoiceField(Event.Origin.choices)
    in_calendar = serializers.BooleanField()
    when = WhenSerializer(source="*")
    place = PlaceInBriefSerializer(allow_null=True)
    end_place = PlaceInBriefSerializer(allow_null=True, help_text="Where a transfer arrives.")
    places = EventPlaceSerializer(source="place_roles", many=True)
    organisations = EventOrganisationSerializer(source="organisation_roles", many=True)
    series = SeriesInBriefSerializer(allow_null=True)
    edition = serializers.IntegerField(allow_null=True)
    parent = serializers.CharField(source="parent.slug", allow_null=True)  # type: ignore[assignment]
    after = serializers.CharField(source="after.slug", allow_null=True)
    previous_related = serializers.CharField(source="previous_related.slug", allow_null=True)
    children = serializers.SerializerMethodField()
    sectors = SectorSerializer(many=True)
    figures = FigureSerializer(many=True)
    sequence = serializers.IntegerField()
    revision = serializers.IntegerField()
    changed_at = Instant()
    evidence = EvidenceSerializer(many=True)

    @extend_schema_field(serializers.URLField())
    def get_url(self, event: Event) -> str:
        return settings.SITE_URL + event.get_absolute_url()

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_ics(self, event: Event) -> str | None:
        if not event.when.is_exact:
            return None
        return settings.SITE_URL + reverse("event-ics", args=[event.slug])

    def get_children(self, event: Event) -> list[str]:
        return [child.slug for child in event.children.all()]
