"""Journals: the phases of a process's mails, as read by later processes."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from events.domain.delivery import journal
from events.domain.delivery.journal import Journal
from events.domain.mail.smtp import Phase


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.JOURNAL_FOLDER = tmp_path / "journal"
    journal.location.cache_clear()
    return tmp_path / "journal"


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.*.*"))


def test_the_last_phase_counts() -> None:
    mine = Journal()
    for phase in (Phase.BODY, Phase.DOT, Phase.ACCEPTED):
        mine.note(phase, "1.a")
    mine.note(Phase.BODY, "2.b")
    assert journal.phases() == {"1.a": Phase.ACCEPTED, "2.b": Phase.BODY}


def test_a_line_that_was_cut_off_says_nothing(folder: Path) -> None:
    mine = Journal()
    mine.note(Phase.BODY, "1.a")
    with mine.path.open("a") as file:
        file.write("D 1.")
    assert journal.phases() == {"1.a": Phase.BODY}


def test_a_process_that_was_forked_writes_a_file_of_its_own(folder: Path) -> None:
    mine = Journal()
    mine.note(Phase.BODY, "1.a")
    if not (child := os.fork()):
        mine.note(Phase.DOT, "2.b")
        os._exit(0)
    os.waitpid(child, 0)
    assert len(files(folder)) == 2
    assert journal.phases() == {"1.a": Phase.BODY, "2.b": Phase.DOT}


def test_what_is_cleared_is_forgotten_and_written_anew() -> None:
    mine = Journal()
    mine.note(Phase.DOT, "1.a")
    mine.clear()
    assert journal.phases() == {}
    mine.note(Phase.BODY, "2.b")
    assert journal.phases() == {"2.b": Phase.BODY}


def test_files_of_the_dead_go_unless_they_hold_a_mail(folder: Path) -> None:
    mine = Journal()
    mine.note(Phase.BODY, "1.a")
    boot = mine.path.name.split(".")[0]
    dead = [folder / f"{boot}.{2**22 + n}.x" for n in range(2)]
    before = folder / f"another-boot.{os.getpid()}.x"
    for path in (*dead, before):
        path.write_text("B 9.z\n")
    journal.prune(holders={f"{journal.location()}.{2**22}"})
    assert files(folder) == sorted([mine.path, dead[0]])


def test_a_place_is_the_same_for_all_who_share_the_folder(settings: Settings) -> None:
    place = journal.location()
    journal.location.cache_clear()
    assert journal.location() == place
    assert journal.is_here(journal.holder())
    assert not journal.is_here("elsewhere.boot.1")
    settings.JOURNAL_FOLDER = f"{settings.JOURNAL_FOLDER}-2"
    journal.location.cache_clear()
    assert journal.location() != place


def test_a_folder_that_takes_nothing_is_an_error(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        Journal().note(Phase.BODY, "1.a")
