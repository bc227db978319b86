"""Invitations that organisers write: which text holds, what becomes of it, what it cannot do."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from pytest_django import Settings

from events.domain.access import answerlinks, ratelimits
from events.domain.attendance import invitationdrafts
from events.domain.lifecycle import clones, lifecycle
from events.domain.mail import invitationtexts
from events.models import Attendee, Event, InvitationText, Team, User
from events.models.base import history
from tests import factories
from tests.factories import NOW
from tests.invitations import Mailbox, entry, invite, is_for_calendars, recipient
from tests.smtp import Sink

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def server(settings: Settings, smtp: Sink) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.SITE_URL, settings.UID_HOST = "https://attache.example", "attache.example"
    settings.DEFAULT_FROM_EMAIL = "Attaché <post@attache.example>"
    return smtp


@pytest.fixture
def box(server: Sink) -> Mailbox:
    return Mailbox(server)


@pytest.fixture
def team() -> Team:
    return factories.team(name="Promotion Office")


@pytest.fixture
def event(team: Team) -> Event:
    place = factories.place(name_en="Expo Centre", name_zh_hant="博覽中心")
    return factories.event(title_en="Going Global", place=place, team=team, slug="gg")


def guest(event: Event, language: str = "en", **columns: Any) -> Attendee:
    person = factories.person(language=language, team=event.team, **columns)
    return factories.attendee(event=event, person=person, partstat="needs_action")


def write(event: Event, **texts: str) -> InvitationText:
    return InvitationText.objects.create(event=event, **texts)


def part_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def lines(message: EmailMessage) -> list[str]:
    return [line.strip() for line in part_of(message).splitlines() if line.strip()]


def mail(event: Event, box: Mailbox) -> EmailMessage:
    invite(event, NOW)
    [found] = box.new(NOW)
    return found


STANDARD = [
    "Dear Prof. Chan Siu-ming,",
    "Promotion Office invites you to:",
    "Going Global",
    "When",
    "Wednesday 2 December 2026, 09:30–17:00 (Expo Centre, UTC+8)",
    "Where",
    "Expo Centre",
    "Will you come?",
]


def test_without_an_own_text_the_mail_is_the_standard_one(event: Event, box: Mailbox) -> None:
    attendee = guest(event, honorific="Prof.")
    found = mail(event, box)
    link = answerlinks.link(attendee=attendee)
    assert found["Subject"] == "Invitation: Going Global · Wednesday 2 December 2026, 09:30"
    assert lines(found) == [
        *STANDARD,
        link,
        "https://attache.example/events/gg/",
        "--",
        "You receive this because Promotion Office lists you among the attendees.",
    ]
    assert part_of(found).startswith(
        "Dear Prof. Chan Siu-ming,\n\nPromotion Office invites you to:\nGoing Global\n\nWhen\n"
    )


def test_an_own_text_stands_in_place_of_greeting_and_first_sentence(
    event: Event, box: Mailbox
) -> None:
    attendee = guest(event, honorific="Prof.")
    write(
        event,
        subject_en="{{team}} invites {{name}} to {{title}}",
        text_en="{{salutation}}\n\nplease join us on {{when}}\nat {{ place }}: {{answer}}",
    )
    found = mail(event, box)
    link = answerlinks.link(attendee=attendee)
    assert found["Subject"] == "Promotion Office invites CHAN Siu-ming to Going Global"
    assert lines(found)[:4] == [
        "Dear Prof. Chan Siu-ming,",
        "please join us on Wednesday 2 December 2026, 09:30",
        f"at Expo Centre: {link}",
        "Going Global",
    ]
    assert lines(found)[-5:-3] == ["Will you come?", link]
    html = part_of(found, "html")
    assert html.count("Dear Prof. Chan Siu-ming,") == 1
    assert f'at Expo Centre: <a href="{link}">Answer the invitation</a></p>' in html
    assert f"{link}?answer=accept" in html
    assert entry(found)["SEQUENCE"] == 0


def test_a_text_that_does_not_greet_is_greeted_before(event: Event, box: Mailbox) -> None:
    guest(event)
    write(event, text_en="Come!")
    found = mail(event, box)
    assert lines(found)[:3] == ["Dear Chan Siu-ming,", "Come!", "Going Global"]
    assert found["Subject"].startswith("Invitation: Going Global")


def test_a_blank_language_means_the_standard_text_of_that_language(
    event: Event, box: Mailbox
) -> None:
    guest(event, "zh-hant", name_zh_hant="陳小明", honorific="教授")
    write(event, subject_en="Come", text_en="In English only")
    found = mail(event, box)
    assert lines(found)[0] == "尊敬的陳小明教授："  # noqa: RUF001 -- Chinese
    assert "English" not in part_of(found)
    assert found["Subject"].startswith("邀請")


def test_an_update_says_what_has_changed_instead(event: Event, box: Mailbox) -> None:
    guest(event)
    write(event, subject_en="Come", text_en="Come!")
    mail(event, box)
    event.refresh_from_db()
    event.place = factories.place(name_en="Grand Hall")
    lifecycle.save(event=event, now=NOW)
    [update] = box.after_a_while(NOW)
    assert update["Subject"].startswith("Changed invitation")
    assert "Come!" not in part_of(update)


def test_a_new_text_alone_mails_nobody(event: Event, box: Mailbox) -> None:
    guest(event)
    mail(event, box)
    seen = invitationtexts.stamp(row=InvitationText())
    texts = {**dict.fromkeys(invitationtexts.COLUMNS, ""), "text_en": "New"}
    assert invitationtexts.store(event=event, texts=texts, seen=seen)
    assert box.after_a_while(NOW) == []


class TestWhichHolds:
    def held(self, event: Event, language: str = "en") -> str:
        found = invitationtexts.of(event=event, language=language)
        return found.text or found.subject if found else ""

    def test_a_part_takes_that_of_what_it_is_part_of_each_language_by_itself(
        self, event: Event
    ) -> None:
        part = factories.event(parent=event, team=event.team)
        item = factories.event(parent=part, team=event.team)
        write(event, text_en="All", text_zh_hans="全部", subject_zh_hant="主題")
        write(part, text_en="Part")
        assert [self.held(row) for row in (event, part, item)] == ["All", "Part", "Part"]
        assert self.held(item, "zh-hans") == "全部"
        assert self.held(item, "zh-hant") == "主題"

    def test_that_of_another_team_is_none_of_ours(self, event: Event) -> None:
        part = factories.event(parent=event, team=factories.team())
        write(event, text_en="All")
        assert self.held(part) == ""

    def test_a_clone_copies_them_and_nothing_into_another_language(self, event: Event) -> None:
        write(event, text_zh_hans="全部", subject_zh_hant="主題")
        with override("en"):
            copy = clones.make(event=event, days=364, now=NOW)
        row = InvitationText.objects.get(event=copy)
        texts = [getattr(row, name) or "" for name in invitationtexts.COLUMNS]
        assert texts == ["", "", "主題", "", "全部", "", *[""] * 6]


class TestStoring:
    def test_each_change_is_kept(self, event: Event) -> None:
        texts = {**dict.fromkeys(invitationtexts.COLUMNS, ""), "text_en": "One"}
        seen = invitationtexts.stamp(row=invitationtexts.row_of(event=event))
        assert invitationtexts.store(event=event, texts=texts, seen=seen)
        seen = invitationtexts.stamp(row=invitationtexts.row_of(event=event))
        assert not invitationtexts.store(event=event, texts=texts, seen=seen)
        assert invitationtexts.store(event=event, texts={**texts, "text_en": "Two"}, seen=seen)
        records = history.of(InvitationText)
        assert records is not None
        kept = records.order_by("history_id").values_list("text_en", flat=True)
        assert list(kept) == ["One", "Two"]

    def test_what_somebody_else_has_written_meanwhile_is_not_overwritten(
        self, event: Event
    ) -> None:
        seen = invitationtexts.stamp(row=invitationtexts.row_of(event=event))
        write(event, text_en="Theirs")
        texts = {**dict.fromkeys(invitationtexts.COLUMNS, ""), "text_en": "Mine"}
        with pytest.raises(invitationtexts.ChangedMeanwhile):
            invitationtexts.store(event=event, texts=texts, seen=seen)
        assert InvitationText.objects.get().text_en == "Theirs"


class TestPlaceholders:
    @pytest.mark.parametrize(
        "braces",
        ["{{slug}}", "{{event.team}}", "{title}", "{{title", "{{}}", "{{title}"],
    )
    def test_an_unknown_one_is_refused_by_name(self, event: Event, braces: str) -> None:
        for name in ("subject_en", "text_zh_hant"):
            row = InvitationText(event=event, **{name: f"Hello {braces} "})
            with pytest.raises(ValidationError, match=re.escape(braces)) as refusal:
                row.full_clean()
            assert name in refusal.value.message_dict

    def test_chinese_braces_are_refused_too(self, event: Event) -> None:
        row = InvitationText(event=event, text_en="｛｛title｝｝")  # noqa: RUF001 -- as typed
        with pytest.raises(ValidationError):
            row.full_clean()

    def test_a_subject_takes_no_link_and_no_greeting(self, event: Event) -> None:
        for name in ("answer", "salutation"):
            row = InvitationText(event=event, subject_en="{{" + name + "}}")
            with pytest.raises(ValidationError):
                row.full_clean()

    def test_known_ones_are_taken(self, event: Event) -> None:
        words = "{{salutation}} {{name}} {{ place }} {{team}} {{title}} {{when}} {{answer}}"
        InvitationText(event=event, text_en=words, subject_en="{{title}}").full_clean()


class TestSafety:
    @pytest.mark.parametrize(
        "evil", ["Hi\r\nBcc: all@example.org", "Hi\u2028Bcc: x", "Hi\u202egro", "=?utf-8?q?Hi?="]
    )
    def test_a_subject_is_one_honest_line(self, event: Event, box: Mailbox, evil: str) -> None:
        attendee = guest(event)
        write(event, subject_en=evil, text_en=evil)
        found = mail(event, box)
        assert found["Bcc"] is None
        assert recipient(found) == attendee.person.email  # type: ignore[union-attr]
        assert not {"\r", "\n", "\u202e"} & set(found["Subject"])
        assert "\u202e" not in part_of(found) + part_of(found, "html")

    def test_markup_and_code_are_plain_text(self, event: Event, box: Mailbox) -> None:
        guest(event)
        write(event, text_en='<a href="x">pay</a> {% debug %} \ue000 &')
        found = mail(event, box)
        html = part_of(found, "html")
        assert "&lt;a href=&quot;x&quot;&gt;pay&lt;/a&gt; {% debug %} &amp;" in html
        assert '<a href="x">' not in html
        assert '<a href="x">pay</a> {% debug %} &' in part_of(found)

    def test_what_people_call_themselves_is_no_link_in_it(self, event: Event, box: Mailbox) -> None:
        guest(event, family_name="www.evil.example/{{answer}}", given_name="")
        write(event, text_en="{{salutation}} {{name}}")
        found = mail(event, box)
        for body in (part_of(found), part_of(found, "html")):
            assert "evil.example" not in body.lower()
            assert body.lower().count("{{answer}}") == 2


class TestDrafts:
    @pytest.fixture
    def user(self, team: Team) -> User:
        return factories.user(member_of=team, email="wing@office.example", first_name="Wing")

    def test_the_preview_is_the_mail_that_goes(self, event: Event, box: Mailbox) -> None:
        attendee = guest(event, "zh-hant", name_zh_hant="陳小明")
        texts = {"subject_zh_hant": "請來", "text_zh_hant": "{{salutation}}\n\n{{answer}}"}
        shown = invitationdrafts.preview(event=event, reader=attendee, texts=texts, now=NOW)
        write(event, **texts)
        found = mail(event, box)
        token = answerlinks.link(attendee=attendee).rpartition("/")[2]
        assert found["Subject"] == shown.subject
        assert part_of(found).replace(token, "…").rstrip() == shown.text.rstrip()
        assert part_of(found, "html").replace(token, "…").rstrip() == shown.html.rstrip()
        assert token not in shown.text + shown.html

    @pytest.mark.parametrize(
        ("language", "greeting"),
        [
            ("en", "Dear Prof. Chan Tai-man,"),
            ("zh-hans", "尊敬的陈大文教授："),  # noqa: RUF001 -- Chinese
            ("zh-hant", "尊敬的陳大文教授："),  # noqa: RUF001 -- Chinese
        ],
    )
    def test_without_a_list_somebody_made_up_reads_it(
        self, event: Event, language: str, greeting: str
    ) -> None:
        reader = invitationdrafts.example(event=event, language=language)
        shown = invitationdrafts.preview(event=event, reader=reader, texts={}, now=NOW)
        assert shown.text.startswith(greeting)

    def test_a_part_shows_the_text_from_above_unless_it_has_one(self, event: Event) -> None:
        part = factories.event(parent=event, team=event.team)
        write(event, text_en="Above")
        write(part, text_en="Stored")
        reader = invitationdrafts.example(event=part, language="en")
        for typed, said in (("", "Above"), ("Typed", "Typed")):
            texts = {"text_en": typed}
            shown = invitationdrafts.preview(event=part, reader=reader, texts=texts, now=NOW)
            assert said in shown.text
            assert "Stored" not in shown.text

    def test_a_test_goes_to_its_writer_alone_and_answers_nothing(
        self, event: Event, server: Sink, user: User
    ) -> None:
        attendee = guest(event)
        address = invitationdrafts.send_to_writer(
            event=event, reader=attendee, texts={"text_en": "Draft {{answer}}"}, user=user, now=NOW
        )
        [envelope] = server.envelopes
        found = message_from_bytes(envelope.content, policy=policy.default)
        body = part_of(found) + part_of(found, "html")
        assert address == "wing@office.example"
        assert envelope.rcpt_tos == ["wing@office.example"]
        assert found["Subject"].startswith("[Test] Invitation: Going Global")
        assert not is_for_calendars(found)
        assert answerlinks.link(attendee=attendee) not in body
        attendee.refresh_from_db()
        assert not attendee.deliveries.exists()
        assert body.count("This is a test: the invitation as CHAN Siu-ming would get it.") == 2
        assert body.count("https://attache.example/a/test") == 6

    def test_who_is_a_person_gets_it_there(self, event: Event, server: Sink, user: User) -> None:
        user.person = factories.person(email="amy@example.org")
        invitationdrafts.send_to_writer(
            event=event, reader=guest(event), texts={}, user=user, now=NOW
        )
        assert server.envelopes[0].rcpt_tos == ["amy@example.org"]

    def test_without_an_address_it_is_refused(self, event: Event, user: User) -> None:
        user.email = ""
        with pytest.raises(invitationdrafts.NoAddressOfYours):
            invitationdrafts.send_to_writer(
                event=event, reader=guest(event), texts={}, user=user, now=NOW
            )

    def test_what_the_server_does_not_take_is_said(
        self, event: Event, user: User, settings: Settings
    ) -> None:
        settings.EMAIL_PORT = 1
        with pytest.raises(invitationdrafts.NotTaken):
            invitationdrafts.send_to_writer(
                event=event, reader=guest(event), texts={}, user=user, now=NOW
            )

    def test_it_is_no_way_to_send_many_mails(self, event: Event, user: User) -> None:
        for _number in range(invitationdrafts.TESTS.most):
            ratelimits.count(limit=invitationdrafts.TESTS, who=str(user.pk), now=NOW)
        with pytest.raises(invitationdrafts.TooManyTests):
            invitationdrafts.send_to_writer(
                event=event, reader=guest(event), texts={}, user=user, now=NOW
            )
