"""What the user of this request may see and change; each answer is cached for the request."""

from collections.abc import Callable

from django.db import models
from django.http import HttpRequest

from events.domain.access import access


def may_enter(request: HttpRequest) -> bool:
    return access.may_enter(user=request.user)


def may_add(request: HttpRequest, model: type[models.Model]) -> bool:
    return _once(request, ("add", model), lambda: access.may_add(user=request.user, model=model))


def may_see(request: HttpRequest, row: models.Model) -> bool:
    return _once(
        request,
        ("see", type(row), row.pk),
        lambda: access.may_see(user=request.user, row=row),
    )


def may_change(request: HttpRequest, row: models.Model) -> bool:
    return _once(
        request,
        ("change", type(row), row.pk),
        lambda: access.may_change(user=request.user, row=row),
    )


def may_change_any(request: HttpRequest, model: type[models.Model]) -> bool:
    return _once(
        request,
        ("change any", model),
        lambda: access.changeable(user=request.user, model=model).exists(),
    )


def _once(request: HttpRequest, question: tuple[object, ...], ask: Callable[[], bool]) -> bool:
    answers: dict[tuple[object, ...], bool] = request.__dict__.setdefault("answers", {})
    if question not in answers:
        answers[question] = may_enter(request) and ask()
    return answers[question]
