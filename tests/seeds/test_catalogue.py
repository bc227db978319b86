"""The catalogue agrees with the five reports: counts, dates, evidence, distinctions."""

import re
from pathlib import Path

import pytest

import seeds
from seeds import reader

FOLDER = Path(seeds.__file__).parent / "catalogue"

PUBLIC = {
    "shanghai-two-sessions-2026": "2026-02-02/..",
    "ciie-2025": "2025-11-05/2025-11-10",
    "going-global-conference-2025": "2025-11-06",
    "ce-shanghai-visit-2025": "2025-11-04/2025-11-06",
    "hk-promo-shanghai-2024-11": "2024-11-05",
    "sge-offshore-vault-launch": "2025-06-26",
    "cisce-2025": "2025-07-16/2025-07-20",
    "ce-middle-east-mission-2025": "2025-05-10/2025-05-15",
    "gathering-in-shanghai-2024-09-25": "2024-09-25",
    "focac-beijing-2024": "2024-09-04/2024-09-06",
    "ce-zhejiang-visit-2025": "2025-04-22/2025-04-25",
}
DELEGATION = {
    "ce-meets-chen-gong": "2025-11-06",
    "mission-leg-doha": "2025-05-11/2025-05-12",
    "mission-leg-kuwait": "2025-05-12/2025-05-14",
}
IN_CALENDAR = sorted({**PUBLIC, **DELEGATION})


@pytest.fixture(scope="module")
def catalogue():
    return reader.read(FOLDER)


@pytest.fixture(scope="module")
def events(catalogue):
    return {name: record.values for name, record in catalogue.records["events"].items()}


def evidence(values, field, basis=None):
    """Return the evidence for a field, optionally of one basis."""
    return [
        piece
        for piece in values["evidence"]
        if piece["field"] == field and basis in {None, piece["basis"]}
    ]


def texts(value):
    """Yield every text in a value, recursively."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


# Counts


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("sources", 5),
        ("sectors", 16),
        ("places", 40),
        ("organisations", 42),
        ("people", 14),
        ("series", 9),
        ("events", 39),
        ("delegations", 5),
        ("agreements", 12),
        ("projects", 5),
        ("figures", 23),
    ],
)
def test_every_record_of_the_reports_is_there(catalogue, kind, count):
    assert len(catalogue.records[kind]) == count


def test_events_come_from_each_report(events):
    first = [event["evidence"][0]["source"] for event in events.values()]
    assert [first.count(source) for source in ("a000", "a001", "a002", "a003", "a004")] == [
        3,
        11,
        10,
        12,
        3,
    ]


def test_parents_stand_before_their_children(events):
    seen = set()
    for name, event in events.items():
        assert event.get("parent") in seen | {None}
        seen.add(name)


# Calendar


def test_fourteen_events_are_in_the_calendar(events):
    shown = {name for name, event in events.items() if event["in_calendar"]}
    assert shown == PUBLIC.keys() | DELEGATION.keys()


def test_three_events_are_for_the_delegation_only(events):
    kept = {name for name, event in events.items() if event["visibility"] == "delegation"}
    assert kept == DELEGATION.keys()


def test_all_other_events_are_public(events):
    assert {event["visibility"] for event in events.values()} == {"public", "delegation"}


@pytest.mark.parametrize("name", IN_CALENDAR)
def test_an_event_in_the_calendar_has_its_days(events, name):
    assert events[name]["when"]["edtf"] == {**PUBLIC, **DELEGATION}[name]
    assert "timezone" in events[name]["when"]


@pytest.mark.parametrize(
    ("name", "basis"),
    [
        ("shanghai-two-sessions-2026", "outside"),
        ("ciie-2025", "outside"),
        ("going-global-conference-2025", "computed"),
        ("ce-meets-chen-gong", "computed"),
        ("gathering-in-shanghai-2024-09-25", "computed"),
        ("ce-zhejiang-visit-2025", "outside"),
        ("hk-sh-coop-mechanism-2003", "stated"),
    ],
)
def test_the_basis_of_a_date_is_that_of_its_weakest_part(events, name, basis):
    assert events[name]["when"]["basis"] == basis


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("mission-leg-doha", "Asia/Qatar"),
        ("mission-leg-kuwait", "Asia/Kuwait"),
        ("ce-middle-east-mission-2025", "Asia/Hong_Kong"),
        ("sge-offshore-vault-launch", "Asia/Hong_Kong"),
        ("cisce-2025", "Asia/Shanghai"),
    ],
)
def test_days_are_those_of_a_zone(events, name, zone):
    assert events[name]["when"]["timezone"] == zone


def test_four_roadshow_stops_are_known_to_the_half_year(events):
    stops = [event for event in events.values() if event["kind"] == "roadshow_stop"]
    assert [stop["when"]["edtf"] for stop in stops] == ["2025-40"] * 4


def test_what_is_not_known_has_no_date_but_its_bounds_in_the_evidence(events):
    undated = {name for name, event in events.items() if not event["when"]["edtf"]}
    assert undated == {
        "zhong-sidelines-remarks",
        "hk-official-delegations-middle-east",
        "loretta-lee-interview",
        "li-changhong-interview",
        "lyu-zhu-site-visits",
        "zhejiang-signing",
        "mak-youth-promotion",
    }
    for name in undated:
        assert evidence(events[name], "when", "computed")


def test_no_source_gives_an_hour(events):
    for event in events.values():
        assert event["when"].keys() <= {"edtf", "basis", "timezone", "text"}


# Evidence


def test_every_record_has_evidence(catalogue):
    assert all(record.values["evidence"] for record in catalogue)


def test_every_date_has_evidence(events):
    for event in events.values():
        assert any(piece["field"].startswith("when") for piece in event["evidence"])


def test_the_basis_of_a_date_is_among_its_evidence(events):
    for event in events.values():
        if event["when"]["edtf"]:
            found = [p["basis"] for p in event["evidence"] if p["field"].startswith("when")]
            assert event["when"]["basis"] in found


def test_every_value_has_evidence_but_our_own_decisions(catalogue):
    ours = {"evidence", "visibility", "in_calendar", "note"}
    of_a_source = {"name", "genre"}
    for record in catalogue:
        known = {piece["field"].partition(".")[0] for piece in record.values["evidence"]}
        exempt = ours | of_a_source if record.kind == "sources" else ours
        values = {key for key, value in record.values.items() if value != ""}
        assert values - known - exempt == set(), record.id


def test_the_gathering_states_its_day_but_not_its_year(events):
    gathering = events["gathering-in-shanghai-2024-09-25"]
    assert evidence(gathering, "when.month_day", "stated")[0]["line"] == 1
    assert len(evidence(gathering, "when.year", "computed")) == 2


def test_last_november_counts_from_the_report(catalogue, events):
    assert events["hk-promo-shanghai-2024-11"]["when"]["text"] == "last November"
    assert catalogue.records["sources"]["a001"].values["published"] == "2025-11-06"


def test_an_edition_is_kept_only_where_it_is_printed(events):
    assert {name: event["edition"] for name, event in events.items() if "edition" in event} == {
        "cisce-2025": 3
    }
    assert "eighth" in evidence(events["ciie-2025"], "edition", "outside")[0]["note"]


# Distinctions, and what must not be stated


def test_the_conference_lies_in_the_expo_and_is_like_that_of_the_year_before(events):
    conference = events["going-global-conference-2025"]
    assert conference["parent"] == "ciie-2025"
    assert conference["previous_related"] == "hk-promo-shanghai-2024-11"
    assert conference["organisations"] == [
        {"organisation": "hksar-gov", "role": "organiser"},
        {"organisation": "hktdc", "role": "co_organiser"},
    ]


def test_the_leaders_of_shanghai_are_met_once_and_after_the_conference(events):
    meeting = events["ce-meets-chen-gong"]
    assert meeting["after"] == "going-global-conference-2025"
    assert [guest["person"] for guest in meeting["attendees"]] == [
        "lee-john",
        "chen-jining",
        "gong-zheng",
    ]


def test_no_public_record_tells_of_the_meeting(events):
    for event in events.values():
        if event["visibility"] == "public":
            told = " ".join(texts([event["title"], event["description"], event["when"]]))
            assert not re.search(
                r"Chen Jining|Gong Zheng|[Pp]arty [Ss]ecretary|Mayor|leaders", told
            )


def test_four_hubs_stream_from_where_they_are(events):
    hubs = [
        (name, place["place"], place["direction"])
        for name, event in events.items()
        for place in event.get("places", [])
        if place["role"] == "hub"
    ]
    assert hubs == [
        ("gathering-in-shanghai-2024-09-25", city, "from")
        for city in ("san-francisco", "vancouver", "manila", "jakarta")
    ]


def test_districts_are_the_topic_of_a_presentation_not_its_place(events):
    presentation = events["district-presentation"]
    assert presentation["place"] == "shanghai"
    assert {place["role"] for place in presentation["places"]} == {"topic"}


def test_doha_comes_before_kuwait(catalogue):
    mission = catalogue.records["delegations"]["hk-middle-east-mission-2025"].values
    assert [leg["stay"] for leg in mission["legs"]] == ["mission-leg-doha", "mission-leg-kuwait"]


def test_the_mission_of_may_is_not_one_of_the_undated_ones(catalogue):
    missions = [
        record.values.get("mission") for record in catalogue.records["delegations"].values()
    ]
    assert missions == [
        "ce-shanghai-visit-2025",
        "ce-middle-east-mission-2025",
        "hk-official-delegations-middle-east",
        "ce-zhejiang-visit-2025",
        None,
    ]


def test_what_was_reached_and_what_was_signed_are_two_records(catalogue):
    agreements = catalogue.records["agreements"]
    reached = agreements["zhejiang-hk-51-projects"].values
    signed = agreements["zhejiang-dozen-agreements"].values
    assert (reached["status"], reached["counts"]) == ("reached", {"projects": 51, "fields": 13})
    assert (signed["status"], signed["counts"]) == ("signed", {"enterprises": 12})


def test_400_representatives_and_500_participants_stand_side_by_side(catalogue):
    figure = catalogue.records["figures"]["conference-attendance"].values
    assert (figure["comparator"], figure["value"]) == ("over", 400)
    assert figure["unit"]["en"] == "business representatives"
    assert "500 participants" in evidence(figure, "value", "outside")[0]["note"]


def test_the_two_advisory_bodies_and_the_two_offices_are_four(catalogue):
    kinds = {
        name: record.values["kind"] for name, record in catalogue.records["organisations"].items()
    }
    assert [kinds[name] for name in ("cppcc-sh", "cppcc-nc", "hkmao", "hkmwo")] == [
        "assembly",
        "assembly",
        "government",
        "party_body",
    ]


@pytest.mark.parametrize(
    ("name", "family", "given", "western", "order"),
    [
        ("lee-john", "Lee", "Ka-chiu", "John", "family_first"),
        ("lee-loretta", "Lee", "", "Loretta", "western_first"),
        ("li-changhong", "Li", "Changhong", "", "family_first"),
        ("yangshu-hongji", "Yangshu", "Hongji", "", "family_first"),
        ("mak-alice", "Mak", "Mei-kuen", "Alice", "western_first"),
    ],
)
def test_names_keep_their_parts(catalogue, name, family, given, western, order):
    person = catalogue.records["people"][name].values
    parts = ("family_name", "given_name", "western_name", "name_order")
    assert [person[part] for part in parts] == [family, given, western, order]


def test_some_people_attend_nothing(events):
    attending = {
        guest["person"]
        for event in events.values()
        for guest in event.get("attendees", [])
        if "person" in guest
    }
    assert not attending & {"tu-haiming", "xia-baolong", "pao-yue-kong", "yangshu-hongji"}


def test_lyu_zhu_is_not_said_to_have_been_at_the_gathering(events):
    gathering = events["gathering-in-shanghai-2024-09-25"]
    assert "lyu-zhu" not in {guest.get("person") for guest in gathering["attendees"]}
    assert "parent" not in events["lyu-zhu-site-visits"]


def test_shanghai_has_the_code_of_the_city_not_of_its_airport(catalogue):
    assert catalogue.records["places"]["shanghai"].values["unlocode"] == "CNSGH"


@pytest.mark.parametrize("name", ["hong-kong", "macau", "taiwan"])
def test_hong_kong_macau_and_taiwan_are_countries_or_regions(catalogue, name):
    assert catalogue.records["places"][name].values["kind"] == "country_or_region"


@pytest.mark.parametrize("name", ["gba", "middle-east", "canada", "united-states"])
def test_places_of_several_zones_have_none(catalogue, name):
    assert "timezone" not in catalogue.records["places"][name].values


# Texts


def test_no_e_mail_address_is_kept():
    for path in FOLDER.glob("*.yaml"):
        assert not re.search(r"\w@\w", path.read_text(encoding="utf-8"))


def test_words_kept_for_a_date_are_few(events):
    for event in events.values():
        assert len(event["when"].get("text", "").split()) <= 6


def test_simplified_and_traditional_chinese_come_together(catalogue):
    for record in catalogue:
        for words in translations(record.values):
            assert ("zh-hans" in words) == ("zh-hant" in words)


def translations(value):
    """Yield every translated text in a value."""
    if isinstance(value, dict):
        if "en" in value:
            yield value
        for item in value.values():
            yield from translations(item)
    elif isinstance(value, list):
        for item in value:
            yield from translations(item)


def test_the_catalogue_stands_alone(catalogue):
    for record in catalogue:
        assert not any("/work" in text or ".txt" in text for text in texts(record.values))


def test_lines_are_short_enough_to_be_read():
    for path in FOLDER.glob("*.yaml"):
        assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 110
