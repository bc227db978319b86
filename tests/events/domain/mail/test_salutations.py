"""All mails greet by one rule."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

import delegations
import events
from events.domain.mail import salutations
from tests import factories

pytestmark = pytest.mark.django_db

CHAN: dict[str, Any] = {
    "family_name": "Chan",
    "given_name": "Tai-man",
    "name_zh_hans": "陈大文",
    "name_zh_hant": "陳大文",
}
TEMPLATES = [
    *Path(events.__path__[0]).glob("templates/events/mail/*"),
    *Path(delegations.__path__[0]).glob("templates/delegations/mail/*"),
]


@pytest.mark.parametrize(
    ("language", "titled", "neutral"),
    [
        ("en", "Dear Prof. Chan Tai-man,", "Dear Chan Tai-man,"),
        ("zh-hans", "尊敬的陈大文教授：", "陈大文：您好！"),  # noqa: RUF001 -- Chinese
        ("zh-hant", "尊敬的陳大文教授：", "陳大文：您好！"),  # noqa: RUF001 -- Chinese
    ],
)
def test_by_title_and_name_of_the_language(language: str, titled: str, neutral: str) -> None:
    with override(language):
        assert salutations.of(person=factories.person(**CHAN, honorific="Prof.")) == titled
        assert salutations.of(person=factories.person(**CHAN)) == neutral


@pytest.mark.parametrize(
    ("order", "greeting"),
    [("western_first", "Dear Dr Jane Smith,"), ("family_first", "Dear Dr Smith Jane,")],
)
def test_in_the_order_that_the_person_wants(order: str, greeting: str) -> None:
    person = factories.person(
        family_name="Smith", given_name="Jane", name_order=order, honorific="Dr"
    )
    assert salutations.of(person=person) == greeting
    with override("zh-hant"):
        assert salutations.of(person=person) == greeting.replace("Dear Dr", "尊敬的").replace(
            ",",
            " 博士：",  # noqa: RUF001 -- Chinese
        )


def test_what_is_on_record_counts_first_each_language_by_itself() -> None:
    person = factories.person(
        **CHAN, honorific="H.E.", salutation_en="Your Excellency,", salutation_zh_hans="x\ny"
    )
    assert salutations.of(person=person) == "Your Excellency,"
    with override("zh-hans"):
        assert salutations.of(person=person) == "x y"
    with override("zh-hant"):
        assert salutations.of(person=person) == "尊敬的陳大文閣下："  # noqa: RUF001 -- Chinese


def test_a_name_brings_no_second_line() -> None:
    person = factories.person(family_name="Chan\r\nBcc: x", given_name="", honorific="Dr\u202e")
    assert salutations.of(person=person) == "Dear Dr Chan Bcc: x,"


def test_no_template_greets_by_itself() -> None:
    greeting = {path.name for path in TEMPLATES if "letter.salutation" in path.read_text()}
    whole = {path.name for path in TEMPLATES if "{% autoescape off %}" in path.read_text()}
    alone = {"cancel.subject.txt", "request.subject.txt"}
    extending = {path.name for path in TEMPLATES if path.read_text().startswith("{% extends")}
    assert greeting == {"frame.html", *whole} - alone - extending
    assert not any("Dear" in path.read_text() for path in TEMPLATES)
