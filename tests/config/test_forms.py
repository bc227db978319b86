"""Our renderer writes the same fields as Django's and Unfold's, in less HTML."""

import re
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.forms.renderers import DjangoTemplates
from django.test.html import Element, parse_html
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRelatedFieldWrapperWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminTimeWidget,
    UnfoldBooleanWidget,
)

from config.forms import Renderer, shorten
from events.models import Event

ODD = "<&\"'> 展會"
CHOICES = [("", "---------"), ("a", ODD), (1, "one"), (None, "none")]
GROUPED = [("group", [("a", ODD), ("b", "b")]), ("c", "c")]


class Form(forms.Form):
    text = forms.CharField(max_length=9, widget=forms.TextInput({"class": ODD, "data-on": True}))
    off = forms.CharField(disabled=True, widget=forms.TextInput({"data-off": False}))
    number = forms.IntegerField(widget=forms.HiddenInput)
    plain = forms.BooleanField()
    one = forms.ChoiceField(choices=CHOICES)
    several = forms.MultipleChoiceField(choices=CHOICES)
    grouped = forms.ChoiceField(choices=GROUPED)
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    split = forms.SplitDateTimeField()


class Drawn(forms.Form):
    """Fields that Unfold draws with long lists of classes, and we with short ones."""

    text = forms.CharField(max_length=9, widget=UnfoldAdminTextInputWidget)
    long = forms.CharField(widget=UnfoldAdminTextareaWidget)
    email = forms.EmailField(widget=UnfoldAdminEmailInputWidget)
    number = forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget)
    one = forms.ChoiceField(choices=CHOICES, widget=UnfoldAdminSelectWidget)
    grouped = forms.ChoiceField(choices=GROUPED, widget=UnfoldAdminSelectWidget)
    day = forms.DateField(widget=UnfoldAdminDateWidget)
    time = forms.TimeField(widget=UnfoldAdminTimeWidget)
    tick = forms.BooleanField(widget=UnfoldBooleanWidget)


CONTROL = re.compile(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", re.DOTALL)
VALUES: list[dict[str, Any]] = [
    {},
    {"text": ODD, "off": 0, "number": 10_000, "plain": False, "one": "a"},
    {"one": 1, "several": ["a", "1"], "grouped": "b", "radio": "a", "split": None},
]


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("name", Form.base_fields)
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_field_looks_the_same(name: str, values: dict[str, Any], is_sent: bool) -> None:
    forms_ = [
        Form(values if is_sent else None, initial=values, renderer=renderer)
        for renderer in (Renderer(), DjangoTemplates())
    ]
    ours, theirs = (str(form[name]) + str(form[name].errors) for form in forms_)
    assert parse_html(ours) == parse_html(theirs)


def controls(html: str) -> list[Element]:
    """The fields of HTML, without the classes that draw them."""
    found = [re.sub(r' class="[^"]*"', "", each[0]) for each in CONTROL.finditer(html)]
    return list(map(parse_html, found))


@pytest.mark.parametrize("name", Drawn.base_fields)
@pytest.mark.parametrize("sent", [None, {}, dict.fromkeys(Drawn.base_fields, ODD)])
def test_a_field_of_unfold_is_drawn_in_fewer_words(name: str, sent: dict[str, Any] | None) -> None:
    ours, theirs = (
        str(Drawn(sent, renderer=renderer)[name]) for renderer in (Renderer(), DjangoTemplates())
    )
    assert controls(ours) == controls(theirs) != []
    assert any(short in ours for short in ('class="entry', "entry ", 'class="tick'))
    assert len(ours) < len(theirs) / 2 or name == "grouped"


@pytest.mark.parametrize(("may", "offers"), [(True, "change add view"), (False, "add")])
def test_the_button_beside_a_choice_knows_what_it_may_offer(may: bool, offers: str) -> None:
    relation: Any = Event._meta.get_field("place").remote_field
    choice = UnfoldAdminRelatedFieldWrapperWidget(
        UnfoldAdminSelectWidget(), relation, admin.site, True, may, may, may
    )
    written = choice.render("place", "7", {"id": "id_place"}, renderer=Renderer())
    assert f'data-offers="{offers}" data-model="place" data-list="/admin/events/place/"' in written
    assert len(written) < 600


def test_unfold_still_spells_its_fields_out_as_the_renderer_expects() -> None:
    for widget in (
        UnfoldAdminTextInputWidget(),
        UnfoldAdminSelectWidget(),
        UnfoldAdminDateWidget(),
    ):
        assert "entry" in shorten(widget.attrs["class"])


def test_what_stands_in_a_value_is_escaped() -> None:
    form = Form(initial={"text": '"><script>'}, renderer=Renderer())
    assert "<script>" not in str(form["text"])


def test_a_text_that_begins_with_an_empty_line_keeps_it() -> None:
    form = Drawn(initial={"long": "\nOne"}, renderer=Renderer())
    assert ">\n\nOne</textarea>" in str(form["long"])
