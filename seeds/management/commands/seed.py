"""Load the catalogue of real events; load or remove a sample mission in the future."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from seeds import library, removal
from seeds.loader import Report, Taken
from seeds.reader import CatalogueError


class Command(BaseCommand):
    help = "Load the catalogue of real events; what you changed by hand stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample",
            action="store_true",
            help="also add a made-up trade mission in the near future, once",
        )

        parser.add_argument(
            "--remove-sample",
            action="store_true",
            help="only remove that mission with all that belongs to it; what you use stays",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove_sample"]:
            self.remove()
        else:
            self.load(**options)

    def load(self, **options: Any) -> None:
        try:
            report = library.load(now=timezone.now())
            sample = library.load_sample(now=timezone.now()) if options["sample"] else None
        except (CatalogueError, Taken) as error:
            raise CommandError(
                f"The catalogue was refused, nothing was loaded:\n{error}"
            ) from error
        self.tell("Catalogue", report)
        if sample:
            self.tell("Sample mission", sample)

    def remove(self) -> None:
        done = removal.remove(now=timezone.now())
        self.stdout.write(f"Sample mission: {len(done.going)} removed, {len(done.kept)} kept.")
        for row in done.kept:
            self.stdout.write(f"  kept, because something else needs it: {row}")

    def tell(self, name: str, report: Report) -> None:
        """Print what was added, changed and left unchanged."""
        self.stdout.write(
            f"{name}: {len(report.added)} added, {len(report.changed)} changed,"
            f" {len(report.unchanged)} unchanged."
        )
        for value in report.kept:
            self.stdout.write(f"  kept as you changed it: {value}")
        for key in report.removed:
            self.stdout.write(f"  left out, as you removed it: {key}")
