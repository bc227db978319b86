"""Salutations: the one rule by which mails greet their readers."""

from django.utils.translation import get_language, gettext, pgettext

from events.domain.mail.transport import one_line
from events.models import Person
from events.values import languages, salutations


def of(*, person: Person) -> str:
    """Return the salutation in the active language, such as “Dear Prof. Chan Tai-man,”.

    What is on record for the person in this language counts first. In Chinese a person without a
    known title gets a neutral one: the name, and 您好.
    """
    code = languages.first(get_language())
    if own := getattr(person, f"salutation_{languages.suffix(code)}"):
        return one_line(own)
    if code == languages.CODES[0]:
        return of_name(name=salutations.english(person.parts))
    name, has_title = salutations.chinese(person.parts, known=person.name, code=code)
    return _titled(one_line(name)) if has_title else of_name(name=name)


def of_name(*, name: str) -> str:
    """Return the neutral salutation of somebody of whom only a name is known."""
    return gettext("Dear %(name)s,") % {"name": one_line(name)}


def _titled(name: str) -> str:
    """Return the salutation with a title; Chinese puts a space before Latin letters."""
    text = pgettext("with a title", "Dear %(name)s,")
    is_chinese = salutations.starts_in_chinese(name)
    return text % {"name": name if is_chinese else f" {name}"}
