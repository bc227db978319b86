"""Our renderer writes the same HTML as Django's."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from config.forms import Renderer

ODD = "<&\"'> 展會"
CHOICES = [("", "---------"), ("a", ODD), (1, "one"), (None, "none")]
GROUPED = [("group", [("a", ODD), ("b", "b")]), ("c", "c")]


class Form(forms.Form):
    text = forms.CharField(max_length=9, widget=forms.TextInput({"class": ODD, "data-on": True}))
    off = forms.CharField(disabled=True, widget=forms.TextInput({"data-off": False}))
    number = forms.IntegerField(widget=forms.HiddenInput)
    tick = forms.BooleanField(widget=UnfoldBooleanWidget)
    plain = forms.BooleanField()
    one = forms.ChoiceField(choices=CHOICES)
    ours = forms.ChoiceField(choices=CHOICES, widget=UnfoldAdminSelectWidget)
    several = forms.MultipleChoiceField(choices=CHOICES)
    grouped = forms.ChoiceField(choices=GROUPED)
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    split = forms.SplitDateTimeField()


VALUES: list[dict[str, Any]] = [
    {},
    {"text": ODD, "off": 0, "number": 10_000, "tick": True, "plain": False, "one": "a"},
    {"one": 1, "ours": None, "several": ["a", "1"], "grouped": "b", "radio": "a", "split": None},
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


def test_what_stands_in_a_value_is_escaped() -> None:
    form = Form(initial={"text": '"><script>'}, renderer=Renderer())
    assert "<script>" not in str(form["text"])
