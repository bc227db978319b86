"""The reader accepts a valid catalogue, and refuses an invalid one with line numbers."""

from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from seeds import reader
from seeds.reader import CatalogueError, Problem

SOURCE = """
    - id: a
      publisher: ''
      headline: ''
      byline: ''
      genre: ''
      name: A report
      published: 2025-11-06
      evidence: [{field: published, basis: stated, source: a, line: 1}]
"""
EVIDENCE = "evidence: [{field: name, basis: stated, source: a, line: 1}]"


@pytest.fixture
def write(tmp_path):
    """Write files, one for each keyword, and return their folder."""

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return tmp_path

    return write


def refusal(folder, known=None):
    with pytest.raises(CatalogueError) as caught:
        reader.read(folder, known)
    return [str(problem) for problem in caught.value.problems]


def place(text=""):
    """Return places.yaml with one valid place, and `text` as its fifth line."""
    return f"- id: here\n  name: {{en: Here}}\n  kind: city\n  {EVIDENCE}\n{text}"


def event(when, text=""):
    """Return events.yaml with one event; `when` is in line 4, `text` from line 8 on."""
    return (
        "- id: meeting\n  title: {en: Meeting}\n  kind: session\n"
        f"  when: {when}\n  visibility: public\n  in_calendar: false\n"
        f"  evidence: [{{field: when, basis: stated, source: a, line: 1}}]\n{text}"
    )


# Valid catalogues


def test_an_empty_folder_is_an_empty_catalogue(tmp_path):
    catalogue = reader.read(tmp_path)
    assert list(catalogue) == []
    assert next(iter(catalogue.records)) == "sources"


def test_a_file_without_records_is_read(write):
    assert list(reader.read(write(places="# nothing yet\n"))) == []


def test_a_record_knows_its_kind_id_file_line_and_values(write):
    catalogue = reader.read(write(sources=SOURCE, places="\n" + place("  country: NO\n")))
    record = catalogue.records["places"]["here"]
    assert (record.kind, record.id, record.file, record.line) == (
        "places",
        "here",
        "places.yaml",
        1,
    )
    assert record.values == {
        "name": {"en": "Here"},
        "kind": "city",
        "country": "NO",
        "evidence": [{"field": "name", "basis": "stated", "source": "a", "line": 1}],
    }


def test_unquoted_days_years_and_times_stay_texts(write):
    known = reader.read(write(sources=SOURCE))
    assert known.records["sources"]["a"].values["published"] == "2025-11-06"
    sample = write(
        sources="",
        sectors=f"- {{id: s, name: {{en: S}}, isic: 01, hs: 7108, {EVIDENCE}}}",
        events=event("{day: 3, start_time: 09:30, end_time: 11:00, timezone: Asia/Tokyo}"),
    )
    catalogue = reader.read(sample, known)
    assert catalogue.records["sectors"]["s"].values["isic"] == "01"
    assert catalogue.records["sectors"]["s"].values["hs"] == "7108"
    assert catalogue.records["events"]["meeting"].values["when"] == {
        "day": 3,
        "start_time": "09:30",
        "end_time": "11:00",
        "timezone": "Asia/Tokyo",
    }


def test_null_counts_as_left_out(write):
    catalogue = reader.read(write(sources=SOURCE, places=place("  parent: null\n  country: ~\n")))
    assert "parent" not in catalogue.records["places"]["here"].values
    assert "country" not in catalogue.records["places"]["here"].values


def test_numbers_keep_their_value(write):
    figure = "- {{id: {0}, value: {1}, unit: {{en: HKD}}, comparator: over}}\n"
    known = reader.read(write(sources=SOURCE))
    (write(sources="", figures="") / "figures.yaml").write_text(
        figure.format("whole", 160000000000) + figure.format("part", 20.5)
    )
    figures = reader.read(write(sources=""), known).records["figures"]
    assert figures["whole"].values["value"] == 160_000_000_000
    assert figures["part"].values["value"] == Decimal("20.5")


def test_records_come_in_loading_order_and_parents_before_children(write):
    known = reader.read(write(sources=SOURCE))
    folder = write(
        sources="",
        events=event("{edtf: ''}", "  parent: fair\n  after: speech\n")
        + event("{edtf: ''}", "  parent: fair\n").replace("id: meeting", "id: speech")
        + event("{edtf: ''}").replace("id: meeting", "id: fair"),
        places=place(),
        agreements="- {id: deal, title: {en: Deal}, kind: mou, status: signed, event: fair}\n",
    )
    order = [record.id for record in reader.read(folder, known)]
    assert order == ["here", "fair", "speech", "meeting", "deal"]


def test_a_known_catalogue_lends_its_ids_and_waives_evidence(write, tmp_path):
    known = reader.read(write(sources=SOURCE, places=place()))
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "places.yaml").write_text(
        "- {id: room, name: {en: Room}, kind: room, parent: here}\n"
    )
    assert [record.id for record in reader.read(samples, known)] == ["room"]
    assert refusal(samples) == [
        "places.yaml:1: evidence: is missing",
        "places.yaml:1: parent: 'here' is not in places",
    ]


def test_samples_may_say_what_reports_cannot(write):
    known = reader.read(write(sources=SOURCE))
    folder = write(
        sources="",
        people="""
            - id: ann
              family_name: Ho
              name_order: family_first
              email: ann@example.org
              language: zh-hant
              timezone: Asia/Hong_Kong
        """,
        events="""
            - id: fair
              title: {en: Fair}
              kind: expo
              status: confirmed
              when: {day: 28, end_day: 30, timezone: Asia/Hong_Kong}
              visibility: participants
              in_calendar: true
              capacity: 40
              attendance_mode: mixed
              url: https://example.org/fair
              stream_url: https://example.org/live
              attendees: [{person: ann, role: speaker, answer: accepted}]
              reminders: [{unit: days, amount: 1, at: 09:00}, {unit: minutes, amount: 30}]
        """,
    )
    values = reader.read(folder, known).records["events"]["fair"].values
    assert values["reminders"] == [
        {"unit": "days", "amount": 1, "at": "09:00"},
        {"unit": "minutes", "amount": 30},
    ]
    assert values["when"]["end_day"] == 30


# Refused files


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "nowhere") == ["nowhere:1: is not a folder"]


@pytest.mark.parametrize("name", ["event.yaml", "events.yml"])
def test_a_file_of_another_name_is_refused(tmp_path, name):
    (tmp_path / name).touch()
    assert refusal(tmp_path)[0].startswith(f"{name}:1: is not one of sources.yaml, ")


def test_broken_yaml_is_refused_at_its_line(write):
    [problem] = refusal(write(places="- id: here\n  name: {en: Here\n  kind: city\n"))
    assert problem.startswith("places.yaml:3: is not YAML: ")


def test_control_characters_are_refused_at_their_line(write):
    assert refusal(write(places="- id: here\n  name: \x07\n")) == [
        "places.yaml:2: is not YAML: special characters are not allowed"
    ]


def test_a_second_document_is_refused(write):
    [problem] = refusal(write(places="[]\n---\n[]\n"))
    assert problem.startswith("places.yaml:2: is not YAML: ")


def test_a_byte_order_mark_is_refused(tmp_path):
    (tmp_path / "places.yaml").write_bytes(b"\xef\xbb\xbf[]\n")
    assert refusal(tmp_path) == ["places.yaml:1: starts with a byte order mark"]


@pytest.mark.parametrize("content", ["# ok\n# caf\xe9\n".encode("latin-1"), b"#\n\xff\xfe["])
def test_other_encodings_are_refused_at_their_line(tmp_path, content):
    (tmp_path / "places.yaml").write_bytes(content)
    assert refusal(tmp_path) == ["places.yaml:2: is not UTF-8"]


def test_bottomless_nesting_is_refused(write):
    assert refusal(write(places="[" * 5000)) == ["places.yaml:1: is nested too deeply"]


def test_a_mapping_instead_of_a_list_is_refused(write):
    assert refusal(write(places="id: here\n")) == ["places.yaml:1: is not a list of records"]


# Refused keys and ids


def test_a_key_that_stands_twice_is_refused(write):
    assert refusal(write(sources=SOURCE, places=place("  kind: site\n"))) == [
        "places.yaml:5: kind: stands here twice"
    ]


def test_an_id_that_stands_twice_is_refused(write):
    assert refusal(write(sources=SOURCE, places=place() + place())) == [
        "places.yaml:5: id: 'here' is taken already"
    ]


def test_an_id_of_the_known_catalogue_is_refused(write):
    folder = write(places="", sources=SOURCE)
    known = reader.read(folder)
    assert refusal(folder, known) == ["sources.yaml:1: id: 'a' is taken already"]


def test_an_id_that_is_no_slug_is_refused(write):
    [problem] = refusal(write(sources=SOURCE, places=place().replace("id: here", "id: over_here")))
    assert problem.startswith("places.yaml:1: id: 'over_here' is not an id of small letters")


def test_an_unknown_key_is_refused(write):
    assert refusal(write(sources=SOURCE, places=place("  mayor: Ann\n"))) == [
        "places.yaml:5: mayor: is not a key of this record"
    ]


def test_a_key_that_is_not_a_word_is_refused(write):
    assert refusal(write(sources=SOURCE, places=place("  [a, b]: c\n"))) == [
        "places.yaml:5: has a key that is not a word"
    ]


def test_a_key_that_is_missing_is_refused(write):
    assert refusal(write(places="- id: here\n  evidence: []\n")) == [
        "places.yaml:1: evidence: is missing",
        "places.yaml:1: kind: is missing",
        "places.yaml:1: name: is missing",
    ]


def test_a_translation_without_english_is_refused(write):
    text = place().replace("{en: Here}", "{zh-hans: 这里}")
    assert refusal(write(sources=SOURCE, places=text)) == ["places.yaml:2: name: en: is missing"]


def test_everything_wrong_is_told_at_once_and_in_order(write):
    folder = write(sources=SOURCE, series="- 1\n", places=place("  parent: gone\n  mayor: Ann\n"))
    with pytest.raises(CatalogueError) as caught:
        reader.read(folder)
    assert caught.value.problems == [
        Problem("places.yaml", 5, "parent: 'gone' is not in places"),
        Problem("places.yaml", 6, "mayor: is not a key of this record"),
        Problem("series.yaml", 1, "is not a mapping"),
    ]
    assert str(caught.value).splitlines()[0] == "places.yaml:5: parent: 'gone' is not in places"


# Refused values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: town", "kind: 'town' is not one of macro_region, country_or_region, "),
        ("kind: [city]", "kind: is not a single value"),
        ("name: Here", "name: is not a mapping"),
        ("name: {en: 2025}", "name: en: is int, not str"),
        ("name: {en: ' '}", "name: en: is empty"),
        ("timezone: Asia/Beijing", "timezone: 'Asia/Beijing' is not an IANA time zone"),
        ("timezone: CST", "timezone: 'CST' is not an IANA time zone"),
        ("country: China", "country: 'China' is not an ISO 3166-1 alpha-2 code"),
        ("subdivision: Shanghai", "subdivision: 'Shanghai' is not an ISO 3166-2 code"),
        ("unlocode: CN SGH", "unlocode: 'CN SGH' is not a UN/LOCODE"),
        ("parent: gone", "parent: 'gone' is not in places"),
    ],
)
def test_a_wrong_value_of_a_place_is_refused(write, text, message):
    key = text.partition(":")[0]
    lines = [line for line in place().splitlines() if not line.startswith(f"  {key}:")]
    problems = refusal(write(sources=SOURCE, places="\n".join([*lines, f"  {text}"])))
    assert problems[0].startswith(f"places.yaml:{len(lines) + 1}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("capacity: many", "capacity: is str, not int"),
        ("capacity: 1:30", "capacity: '1:30' is not a whole number"),
        ("sectors: it", "sectors: is not a list"),
        ("sectors: [it]", "sectors: 'it' is not in sectors"),
        ("url: example.org", "url: 'example.org' is not a web address"),
        (
            "organisations: [{organisation: x, role: host}]",
            "organisations: organisation: 'x' is not in organisations",
        ),
        ("places: [{place: x, role: stage}]", "places: place: 'x' is not in places"),
        ("attendees: [{role: speaker}]", "attendees: needs either person or label"),
        (
            "attendees: [{person: x, label: {en: X}, role: speaker}]",
            "attendees: needs either person or label",
        ),
        ("reminders: [{unit: hours, amount: 1}]", "reminders: unit: 'hours' is not one of"),
        ("reminders: [{unit: days, amount: 1, at: 9}]", "reminders: at: '9' is not a time of day"),
    ],
)
def test_a_wrong_value_of_an_event_is_refused(write, text, message):
    problems = refusal(write(sources=SOURCE, events=event("{edtf: ''}", f"  {text}\n")))
    assert problems[0].startswith(f"events.yaml:8: {message}")


def test_a_flag_must_be_true_or_false(write):
    text = event("{edtf: ''}").replace("in_calendar: false", "in_calendar: '0'")
    assert refusal(write(sources=SOURCE, events=text)) == [
        "events.yaml:6: in_calendar: is str, not bool"
    ]


@pytest.mark.parametrize("number", ["some", "'3'", ".inf", "1:30.5"])
def test_a_figure_must_be_a_number(write, number):
    text = f"- id: f\n  value: {number}\n  unit: {{en: firms}}\n  comparator: over\n"
    problems = refusal(write(figures=text))
    assert any(problem.startswith("figures.yaml:2: value: ") for problem in problems)


def test_a_figure_needs_a_value_or_a_period(write):
    known = reader.read(write(sources=SOURCE))
    folder = write(sources="", figures="- {id: f, unit: {en: firms}, comparator: over}\n")
    assert refusal(folder, known) == ["figures.yaml:1: needs value or period"]


def test_a_count_must_be_a_whole_number(write):
    known = reader.read(write(sources=SOURCE))
    deal = "- {id: d, title: {en: D}, kind: mou, status: signed, counts: {projects: 51, fields: x}}"
    assert refusal(write(sources="", agreements=deal), known) == [
        "agreements.yaml:1: counts: fields: is str, not int"
    ]
    assert refusal(write(agreements=deal.replace("{projects: 51, fields: x}", "2")), known) == [
        "agreements.yaml:1: counts: is not a mapping"
    ]


@pytest.mark.parametrize("kind", ["parent", "after", "previous_related"])
def test_a_circle_is_refused(write, kind):
    other = event("{edtf: ''}", f"  {kind}: meeting\n").replace("id: meeting", "id: other")
    [problem] = refusal(
        write(sources=SOURCE, events=event("{edtf: ''}", f"  {kind}: other\n") + other)
    )
    assert problem.startswith("events.yaml:")
    assert ": parent or after or previous_related: a circle of " in problem
    assert {"meeting", "other"} <= set(problem.replace(",", "").split())


def test_a_place_in_itself_is_refused(write):
    [problem] = refusal(write(sources=SOURCE, places=place("  parent: here\n")))
    assert problem.endswith("a circle of here")


# Refused dates


@pytest.mark.parametrize(
    "edtf",
    [
        "",
        "2003",
        "2025-09%",
        "2025-33",
        "2025-41",
        "2024-02-29",
        "2024-09-25?",
        "2025-11-05/2025-11-10",
        "2026-02-02/..",
    ],
)
def test_dates_of_every_precision_are_read(write, edtf):
    when = f"{{edtf: '{edtf}', basis: stated, timezone: Asia/Shanghai}}"
    catalogue = reader.read(write(sources=SOURCE, events=event(when)))
    assert catalogue.records["events"]["meeting"].values["when"]["edtf"] == edtf


@pytest.mark.parametrize(
    "edtf",
    [
        "last November",
        "2025-13",
        "2025-42",
        "2025-02-29",
        "2025-11-31",
        "25-11-05",
        "2025-11-10/2025-11-05",
        "2025-11/2025-12",
        "../2026-02",
        "2025-11-05T09:30",
        "2025/2026",
    ],
)
def test_what_is_no_edtf_date_is_refused(write, edtf):
    when = f"{{edtf: '{edtf}', basis: stated, timezone: Asia/Shanghai}}"
    [problem] = refusal(write(sources=SOURCE, events=event(when)))
    assert problem.startswith(f"events.yaml:4: when: edtf: '{edtf}' is not an EDTF date")


@pytest.mark.parametrize("period", ["2021/2025", "2023-01/2025-06", "2025-01-01/2025-01-31"])
def test_periods_are_read(write, period):
    known = reader.read(write(sources=SOURCE))
    text = f"- {{id: f, period: {period}, unit: {{en: firms}}, comparator: over}}\n"
    figures = reader.read(write(sources="", figures=text), known).records["figures"]
    assert figures["f"].values["period"] == period


@pytest.mark.parametrize("period", ["2025", "2025/2021", "2021/.."])
def test_what_is_no_period_is_refused(write, period):
    text = f"- {{id: f, period: {period}, unit: {{en: firms}}, comparator: over}}\n"
    problems = refusal(write(figures=text))
    assert f"figures.yaml:1: period: '{period}' is not an EDTF interval such as 2021/2025" in (
        problems
    )


def test_an_appointment_is_known_as_of_a_day(write):
    text = """
        - id: ann
          family_name: Ho
          name_order: family_first
          appointments: [{title: {en: Mayor}, as_of: 2025-11}]
    """
    known = reader.read(write(sources=SOURCE))
    assert refusal(write(sources="", people=text), known) == [
        "people.yaml:4: appointments: as_of: '2025-11' is not a day such as 2025-11-06"
    ]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{}", "needs either edtf or day"),
        ("{edtf: 2025, basis: stated, day: 3}", "needs either edtf or day"),
        ("{edtf: 2025}", "basis: is missing, which a date needs"),
        ("{edtf: 2025, basis: guessed}", "basis: 'guessed' is not one of stated, "),
        ("{edtf: 2025-11-06, basis: stated}", "timezone: is missing, which a date known to the"),
        (
            "{edtf: 2025, basis: stated, start_time: 09:00}",
            "start_time: goes with day, not with edtf",
        ),
        ("{day: 3}", "timezone: is missing, which a date known to the day needs"),
        ("{day: 3, end_day: 2, timezone: UTC}", "end_day: lies before day"),
        ("{day: 3, end_time: 11:00, timezone: UTC}", "start_time: is missing, which end_time"),
        ("{day: soon, timezone: UTC}", "day: is str, not int"),
        ("{day: 3, start_time: '25:00', timezone: UTC}", "start_time: '25:00' is not a time of "),
    ],
)
def test_a_date_that_does_not_hold_together_is_refused(write, when, message):
    problems = refusal(write(sources=SOURCE, events=event(when)))
    assert any(problem.startswith(f"events.yaml:4: when: {message}") for problem in problems)


@pytest.mark.parametrize(
    ("mission", "application", "message"),
    [
        ("fee: 12000", "status: draft", "delegations.yaml:1: currency: is missing, which a fee"),
        ("quota: 1", "status: declined", "applications.yaml:1: reason: is missing, which declined"),
        (
            "fee: 0.5, currency: HKD",
            "status: info_requested",
            "applications.yaml:1: question: is missing, which info_requested",
        ),
        ("currency: $", "status: draft", "delegations.yaml:1: currency: '$' is not an ISO 4217"),
    ],
)
def test_fees_have_a_currency_and_applicants_are_told_why(write, mission, application, message):
    known = reader.read(write(sources=SOURCE))
    folder = write(
        sources="",
        organisations="- {id: firm, name: {en: Firm}, kind: company}",
        delegations="- {id: trip, name: {en: Trip}, kind: trade_mission, direction: outward, "
        + mission
        + "}",
        applications="- {id: theirs, delegation: trip, organisation: firm, nominees: [], "
        + application
        + "}",
    )
    with pytest.raises(reader.CatalogueError) as refused:
        reader.read(folder, known)
    assert str(refused.value.problems[0]).startswith(message)


# Refused evidence


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        ("basis: stated, source: a", "line: is missing, which stated evidence needs"),
        ("basis: stated, line: 1", "source: is missing, which stated evidence needs"),
        (
            "basis: stated, source: a, line: 1, reference: x",
            "reference: has no place in stated evidence",
        ),
        (
            "basis: computed, source: a, line: 1",
            "note: is missing, which computed evidence needs",
        ),
        ("basis: outside, note: x", "reference: is missing, which outside evidence needs"),
        (
            "basis: outside, reference: x, source: a",
            "source: has no place in outside evidence",
        ),
        ("basis: stated, source: b, line: 1", "source: 'b' is not in sources"),
        ("basis: rumoured, source: a, line: 1", "basis: 'rumoured' is not one of stated, "),
        ("source: a, line: 1", "basis: is missing"),
    ],
)
def test_evidence_that_does_not_stand_is_refused(write, evidence, message):
    text = place().replace("basis: stated, source: a, line: 1", evidence)
    [problem] = refusal(write(sources=SOURCE, places=text))
    assert problem.startswith(f"places.yaml:4: evidence: {message}")


@pytest.mark.parametrize("field", ["mayor", "when.start", "id"])
def test_evidence_for_a_key_that_a_record_cannot_have_is_refused(write, field):
    text = place().replace("field: name", f"field: {field}")
    [problem] = refusal(write(sources=SOURCE, places=text))
    assert problem.startswith(f"places.yaml:4: evidence: field: '{field}' is not one of name, ")


def test_evidence_may_speak_of_a_part_of_a_date(write):
    text = event("{edtf: 2003, basis: stated}").replace("field: when", "field: when.year")
    catalogue = reader.read(write(sources=SOURCE, events=text))
    evidence = catalogue.records["events"]["meeting"].values["evidence"]
    assert evidence[0]["field"] == "when.year"


def test_the_reader_and_its_table_are_plain_python():
    folder = Path(reader.__file__).parent
    for name in ("reader.py", "schema.py"):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        imported = {line.split()[1].partition(".")[0] for line in lines if _imports(line)}
        assert not imported & {"django", "events", "delegations"}


def _imports(line):
    return line.startswith(("import ", "from "))
