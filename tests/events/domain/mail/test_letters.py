"""The content of reminders: recipient, wording, language, times and headers."""

import re
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from events.domain.mail import letters, optouts, previews, transport
from events.models import Delivery, Event, MailWording, Person, Place, Team
from tests import factories

pytestmark = pytest.mark.django_db

SENT_AT = datetime(2026, 12, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "events.domain.mail.transport.FolderBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.SITE_URL, settings.UID_HOST = "https://attache.example", "attache.example"
    settings.DEFAULT_FROM_EMAIL = "Attaché <post@attache.example>"
    return tmp_path / "mail"


@pytest.fixture
def venue() -> Place:
    """A hall in Shanghai with names in three languages and the time zone of its city."""
    city = factories.place(name_en="Shanghai", name_zh_hans="上海", name_zh_hant="上海")
    return factories.place(
        name_en="Expo Centre",
        name_zh_hans="博览中心",
        name_zh_hant="博覽中心",
        kind="venue",
        parent=city,
        timezone="",
        address="1500 Shibo Avenue",
    )


def test_a_flight_says_from_where_to_where(venue: Place) -> None:
    doha = factories.place(name="Doha")
    event = factories.event(kind="transfer", place=venue, end_place=doha)
    message = letters.reminder(delivery=delivery(event=event), now=SENT_AT)
    assert "Expo Centre, 1500 Shibo Avenue, Shanghai → Doha" in message.body


def delivery(
    *,
    event: Event | None = None,
    person: Person | None = None,
    language: str = "en",
    zone: str = "",
    kind: str = "reminder",
) -> Delivery:
    event = event or factories.event(team=factories.team(name="Promotion Office"))
    attendee = factories.attendee(event=event, person=person or factories.person())
    return Delivery.objects.create(
        kind=kind,
        attendee=attendee,
        person=attendee.person,
        event=event,
        dedup_key=str(factories.number()),
        due_at=SENT_AT,
        expires_at=SENT_AT,
        state="sending",
        language=language,
        zone=zone,
    )


def send(row: Delivery) -> None:
    transport.send(
        recipient=row.person.email,
        compose=lambda: letters.reminder(delivery=row, now=SENT_AT),
        note=lambda _phase: None,
        deadline=float("inf"),
    )


def received(row: Delivery) -> EmailMessage:
    """Send the delivery; return the mail as parsed from the file in the folder."""
    send(row)
    path = Path(transport.settings.MAIL_FOLDER) / f"{row.public_uuid}.eml"
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def text(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def lines(message: EmailMessage) -> list[str]:
    return [line.strip() for line in text(message).splitlines() if line.strip()]


def test_the_english_mail(venue: Place) -> None:
    event = factories.event(
        title="Going Global", place=venue, slug="gg", team=factories.team(name="Promotion Office")
    )
    row = delivery(event=event, zone="America/Vancouver")
    message = received(row)
    assert message["Subject"] == "Reminder: Going Global · Wednesday 2 December 2026, 09:30"
    assert lines(message) == [
        "Dear Chan Siu-ming,",
        "This is a reminder of:",
        "Going Global",
        "When",
        "Wednesday 2 December 2026, 09:30–17:00 (Shanghai, UTC+8)",
        "Your time",
        "Tuesday 1 December 2026, 18:30 (UTC-7)",
        "Where",
        "Expo Centre, 1500 Shibo Avenue, Shanghai",
        "https://attache.example/events/gg/",
        "--",
        "You receive this because Promotion Office lists you among the attendees.",
        "No more reminders by mail",
        optouts.link(person=row.person, kind="reminder"),
    ]


@pytest.mark.parametrize(
    ("language", "title", "day", "place", "tag"),
    [
        ("zh-hans", "走出去推介会", "2026年12月2日", "博览中心", "zh-Hans"),
        ("zh-hant", "走出去推介會", "2026年12月2日", "博覽中心", "zh-Hant"),
    ],
)
def test_the_chinese_mails(
    venue: Place, language: str, title: str, day: str, place: str, tag: str
) -> None:
    event = factories.event(
        title_en="Going Global",
        title_zh_hans="走出去推介会",
        title_zh_hant="走出去推介會",
        place=venue,
    )
    person = factories.person(name_zh_hans="陈小明", name_zh_hant="陳小明")
    message = received(delivery(event=event, person=person, language=language))
    assert message["Content-Language"] == tag
    assert message["Subject"].startswith("提醒")
    assert title in message["Subject"]
    for body in (text(message), text(message, "html")):
        assert title in body
        assert f"{day} 星期三 09:30–17:00（上海，UTC+8）" in body  # noqa: RUF001 -- Chinese
        assert f"{place}，1500 Shibo Avenue，上海" in body  # noqa: RUF001 -- Chinese
    assert f'<html lang="{tag}">' in text(message, "html")
    assert str(message["To"]).startswith({"zh-hans": "陈小明", "zh-hant": "陳小明"}[language])


def test_a_missing_translation_falls_back() -> None:
    event = factories.event(title_en="Going Global", title_zh_hant="走出去推介會")
    message = received(delivery(event=event, language="zh-hans"))
    assert "走出去推介會" in message["Subject"]


def test_whole_days_have_no_clock_and_no_time_of_ones_own() -> None:
    event = factories.event(precision="day", end_on=date(2026, 12, 4))
    said = lines(received(delivery(event=event, zone="America/Vancouver")))
    assert said[3:5] == ["When", "2–4 December 2026"]
    assert "Your time" not in said


@pytest.mark.parametrize("zone", ["", "Asia/Shanghai", "Asia/Singapore"])
def test_a_reader_without_another_clock_sees_one_time(zone: str) -> None:
    assert "Your time" not in lines(received(delivery(zone=zone)))


def test_without_a_place_the_zone_has_its_own_name() -> None:
    event = factories.event(timezone="America/New_York")
    said = lines(received(delivery(event=event)))
    assert said[4] == "Wednesday 2 December 2026, 09:30–17:00 (New York, UTC-5)"
    assert "Where" not in said
    chinese = received(delivery(event=event, language="zh-hant"))
    assert "（紐約，UTC-5）" in text(chinese)  # noqa: RUF001 -- Chinese


def test_an_end_on_another_day_is_not_shown_as_an_hour() -> None:
    event = factories.event(end_on=date(2026, 12, 3))
    said = lines(received(delivery(event=event)))
    assert said[4] == "Wednesday 2 December 2026, 09:30 (Shanghai, UTC+8)"


@pytest.mark.parametrize("columns", [{"visibility": "participants"}, {"status": "draft"}])
def test_only_public_events_have_a_link(columns: dict[str, Any]) -> None:
    message = received(delivery(event=factories.event(**columns)))
    for body in (text(message), text(message, "html")):
        assert re.findall("https?://[^/]*/[a-z]+/", body) == ["https://attache.example/u/"]


def test_the_html_loads_nothing_from_afar(venue: Place) -> None:
    html = text(received(delivery(event=factories.event(place=venue))), "html")
    assert "src=" not in html
    assert "url(" not in html
    assert "@import" not in html
    assert re.findall("https?://[^/]*/[a-z]+/", html) == [
        "https://attache.example/events/",
        "https://attache.example/u/",
    ]


def test_the_html_escapes_what_people_write() -> None:
    event = factories.event(title="<script>alert(1)</script> & Co.")
    message = received(delivery(event=event))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co." in text(message, "html")
    assert "<script>" not in text(message, "html")
    assert "<script>alert(1)</script> & Co." in text(message)


def test_the_headers() -> None:
    row = delivery()
    message = received(row)
    assert {name: message[name] for name in ("From", "To", "Message-ID", "Date")} == {
        "From": "Promotion Office <post@attache.example>",
        "To": f"CHAN Siu-ming <{row.person.email}>",
        "Message-ID": f"<{row.public_uuid}.0@attache.example>",
        "Date": "Tue, 01 Dec 2026 01:00:00 +0000",
    }
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"


@pytest.mark.parametrize(
    "evil",
    [
        "Chan\r\nBcc: all@example.org",
        "Chan\nBcc: all@example.org",
        "Chan\rBcc: all@example.org",
        "Chan\x0bBcc: all@example.org",
        "Chan\x85Bcc: all@example.org",
        "Chan\u2028Bcc: all@example.org",
        "Chan\x01Bcc: all@example.org",
        'Chan" <all@example.org>, "',
        "=?utf-8?q?Chan=0d=0aBcc:_all@example.org?=",
        "Chan\u202egro.elpmaxe",
    ],
)
def test_a_name_or_title_injects_no_header(evil: str) -> None:
    row = delivery(
        event=factories.event(title=evil, team=factories.team(name=evil)),
        person=factories.person(family_name=evil, given_name="", name_zh_hans=evil),
        language="zh-hans",
    )
    honest = received(delivery(language="zh-hans"))
    message = received(row)
    assert message.keys() == honest.keys()
    assert [address.addr_spec for address in message["To"].addresses] == [row.person.email]
    assert [address.addr_spec for address in message["From"].addresses] == ["post@attache.example"]
    assert "\u202e" not in message["Subject"]
    assert not {"\r", "\n", "\x01"} & set(message["Subject"])


@pytest.mark.parametrize(
    ("kind", "subject", "opening"),
    [
        ("thanks", "Thank you: Promotion Conference", "Thank you for taking part in:"),
        ("followup", "Follow-up: Promotion Conference", "This is a follow-up to:"),
    ],
)
def test_the_mails_after_an_event(kind: str, subject: str, opening: str) -> None:
    message = received(delivery(kind=kind))
    assert message["Subject"] == subject
    assert lines(message)[1] == opening


def test_a_mail_is_stopped_at_one_click() -> None:
    """RFC 8058; the HTML part contains the same link."""
    row = delivery()
    message = received(row)
    url = optouts.link(person=row.person, kind="reminder")
    assert message["List-Unsubscribe"].strip() == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in text(message, "html")


class TestWording:
    @pytest.fixture
    def team(self) -> Team:
        return factories.team(name="Promotion Office")

    def test_a_team_words_its_mails_in_each_language(self, team: Team) -> None:
        MailWording.objects.create(
            team=team,
            kind="reminder",
            subject_en="Soon: {{title}}",
            subject_zh_hant="即將舉行：{{ title }}",  # noqa: RUF001 -- Chinese
            opening_en="Hello {{name}},\nwe meet on {{when}}.",
            closing_en="Your {{team}}",
        )
        event = factories.event(team=team)
        message = received(delivery(event=event))
        assert message["Subject"] == "Soon: Promotion Conference"
        said = lines(message)
        assert said[1:3] == ["Hello CHAN Siu-ming,", "we meet on Wednesday 2 December 2026, 09:30."]
        assert "Your Promotion Office" in said
        chinese = received(delivery(event=event, language="zh-hant"))
        assert chinese["Subject"] == "即將舉行：Promotion Conference"  # noqa: RUF001 -- Chinese

    def test_what_is_empty_reads_as_everywhere(self, team: Team) -> None:
        MailWording.objects.create(team=team, kind="reminder", closing_en="Bye")
        message = received(delivery(event=factories.event(team=team)))
        assert message["Subject"].startswith("Reminder: ")
        assert lines(message)[1] == "This is a reminder of:"

    def test_that_of_another_team_or_kind_says_nothing(self, team: Team) -> None:
        MailWording.objects.create(team=factories.team(), kind="reminder", opening_en="Theirs")
        MailWording.objects.create(team=team, kind="thanks", opening_en="After")
        assert lines(received(delivery(event=factories.event(team=team))))[1] == (
            "This is a reminder of:"
        )

    @pytest.mark.parametrize(
        "evil",
        [
            "[pay](http://evil.example)",
            '<a href="http://evil.example">pay</a>',
            "{event.__class__}",
            "{{event.team.slug}}",
            "{% debug %}",
            "https://evil.example/pay",
            "www.evil.example",
            "pay@evil.example",
            "evil.example/pay",
        ],
    )
    def test_what_people_call_themselves_is_no_link_markup_or_code(
        self, team: Team, evil: str
    ) -> None:
        MailWording.objects.create(
            team=team, kind="reminder", opening_en="{{name}} {{title}} {{place}} {{team}}"
        )
        person = factories.person(family_name=evil, given_name="", name_zh_hans=evil)
        venue = factories.place(name=evil, name_zh_hans=evil)
        event = factories.event(team=team, title=evil, title_zh_hans=evil, place=venue)
        message = received(delivery(event=event, person=person, language="zh-hans"))
        for body in (text(message), text(message, "html")):
            assert re.findall(r"https?://(?!attache)|www\.\w|evil\.example|@evil", body) == []
            assert "{% debug" in body or "debug" not in evil
        tags = set(re.findall("<[a-z]+", text(message, "html")))
        honest = received(delivery(event=factories.event(team=team, place=factories.place())))
        assert tags == set(re.findall("<[a-z]+", text(honest, "html")))

    @pytest.mark.parametrize(
        "braces", ["{{slug}}", "{{ event.__class__ }}", "{{title", "{{title|safe}}", "{{}}"]
    )
    def test_a_placeholder_that_does_not_exist_is_refused_by_name(
        self, team: Team, braces: str
    ) -> None:
        row = MailWording(team=team, kind="reminder", opening_en=f"Hello {braces} ")
        with pytest.raises(ValidationError, match=re.escape(braces)):
            row.full_clean()

    def test_known_ones_are_taken(self, team: Team) -> None:
        words = "{{name}} {{ place }} {{team}} {{title}} {{when}} {single} {% tag %}"
        MailWording(team=team, kind="reminder", opening_en=words).full_clean()

    def test_the_preview_is_the_mail_without_the_secret_of_its_reader(self, team: Team) -> None:
        row = delivery(event=factories.event(team=team))
        shown = previews.compose(team=team, kind="reminder", person=row.person, now=SENT_AT)
        message = letters.reminder(delivery=row, now=SENT_AT)
        url = optouts.link(person=row.person, kind="reminder")
        assert shown.text == str(message.body).replace(url, "https://attache.example/u/…")
        assert url not in shown.html
        assert Delivery.objects.count() == 1

    def test_there_is_no_preview_for_who_attends_nothing(self, team: Team) -> None:
        with pytest.raises(previews.NoEvent):
            previews.compose(team=team, kind="reminder", person=factories.person(), now=SENT_AT)


class TestHubs:
    """Attendees who join by live stream are told their hub and the local time there."""

    def joining(self, language: str = "en", zone: str = "", **columns: Any) -> list[str]:
        manila = factories.place(name_en="Manila", name_zh_hant="馬尼拉", timezone="Asia/Manila")
        row = delivery(language=language, zone=zone)
        values = {"place": manila, "event": row.event, **columns}
        assert row.attendee
        row.attendee.hub = factories.hub(**values)
        row.attendee.save()
        return lines(received(row))

    def test_the_hub_follows_the_place(self) -> None:
        said = self.joining()
        assert said[said.index("You join at") + 1] == "Manila"

    def test_its_clock_is_told_where_it_shows_another_time(self) -> None:
        vancouver = factories.place(name_en="Surrey", timezone="America/Los_Angeles")
        said = self.joining(place=vancouver)
        there = "Surrey · Tuesday 1 December 2026, 17:30 (UTC-8)"
        assert said[said.index("You join at") + 1] == there

    def test_in_the_language_of_the_reader(self) -> None:
        assert "馬尼拉" in self.joining(language="zh-hant")

    def test_who_is_on_the_spot_is_told_of_no_hub(self) -> None:
        row = delivery()
        factories.hub(event=row.event)
        assert "You join at" not in lines(received(row))

    def test_the_hub_of_a_part_is_none_of_the_whole(self) -> None:
        row = delivery()
        part = factories.event(parent=row.event, team=row.event.team)
        row.attendee = factories.attendee(event=part, hub=factories.hub(event=part))
        row.save()
        assert "You join at" not in lines(received(row))
