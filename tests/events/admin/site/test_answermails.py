"""How often an organiser is told of answers: chosen in two clicks, by everybody for themselves."""

import pytest
from django.test import Client

from events.models import AnswerNews, Team, User
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/answers/"


@pytest.fixture
def team() -> Team:
    return factories.team(name="Promotion Office")


@pytest.fixture
def organiser(team: Team) -> User:
    return factories.user(member_of=team, person=factories.person(email="desk@example.org"))


def test_two_clicks_lead_from_the_start_page_to_another_choice(
    client: Client, organiser: User
) -> None:
    client.force_login(organiser)
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()
    page = client.get(PAGE).content.decode()
    assert "You are an organiser of Promotion Office; mails go to desk@example.org." in page
    answer = client.post(PAGE, {"answer_mails": "at_once"}, follow=True)
    assert answer.redirect_chain == [("/admin/", 302)]
    organiser.refresh_from_db()
    assert organiser.answer_mails == "at_once"
    assert organiser.history.first().history_user == organiser


def test_a_choice_counts_for_answers_that_wait(client: Client, organiser: User, team: Team) -> None:
    attendee = factories.attendee(event=factories.event(team=team))
    AnswerNews.objects.create(
        user=organiser, team=team, attendee=attendee, before="needs_action",
        at=factories.NOW, claim_at=factories.NOW,
    )  # fmt: skip
    client.force_login(organiser)
    client.post(PAGE, {"answer_mails": "never"})
    assert not AnswerNews.objects.exists()


def test_what_is_no_choice_changes_nothing(client: Client, organiser: User) -> None:
    client.force_login(organiser)
    assert client.post(PAGE, {"answer_mails": "hourly"}).status_code == 200
    organiser.refresh_from_db()
    assert organiser.answer_mails == "daily"


def test_the_page_says_why_no_mail_can_come(client: Client, team: Team) -> None:
    client.force_login(factories.user(member_of=team))
    text = "your login belongs to no person yet"
    assert text in client.get(PAGE).content.decode()
    assert text in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", ["viewer", "liaison", "secretary"])
def test_other_roles_are_not_asked_on_the_start_page(client: Client, team: Team, role: str) -> None:
    client.force_login(factories.user(member_of=team, role=role))
    assert client.get("/admin/").context["answers"] is None
    assert "You are an organiser of no team" in client.get(PAGE).content.decode()


def test_the_menu_of_the_account_leads_there_too(client: Client, organiser: User) -> None:
    client.force_login(organiser)
    links = [link["link"] for link in client.get("/admin/").context["account_links"]]
    assert links == [PAGE, "/admin/password_change/"]


def test_who_is_no_staff_does_not_come_in(client: Client) -> None:
    client.force_login(factories.user(is_staff=False))
    assert client.get(PAGE).status_code == 302


def test_the_page_of_the_login_has_no_menu(client: Client) -> None:
    assert client.get("/admin/login/").context["account_links"] == []
