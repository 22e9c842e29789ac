"""The command `dedup`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthesist.cli.columns_file import read_columns_file
from synthesist.cli.output import echo_json
from synthesist.errors import InvalidInput

if TYPE_CHECKING:
    from synthesist.actions.duplicates.find import Deduplicated
    from synthesist.documents.side_by_side import Line, Run

#: Pairs to ask about that are listed where nobody asks for all of them.
LISTED = 10

FILE = click.Path(path_type=Path)


@click.command("dedup")
@click.argument("paths", nargs=-1, required=True, metavar="FOLDER|FILE...", type=FILE)
@click.option(
    "--source",
    default="",
    metavar="NAME",
    help="The database all records came from, where they do not say; one source is"
    " presumed not to list a report twice.",
)
@click.option(
    "--columns",
    "columns_file",
    type=FILE,
    help="For tables with names of their own: a file with lines such as title = My title.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option(
    "--pairs",
    type=FILE,
    metavar="OUT.csv",
    help="Write every pair inside each group, then the pairs to ask about.",
)
@click.option(
    "--merged",
    type=FILE,
    metavar="OUT.csv",
    help="Write one row for each report, with the record every field is from.",
)
@click.option(
    "--studies",
    type=FILE,
    metavar="OUT.csv",
    help="Write which reports may be of one study.",
)
@click.option(
    "--audit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw N merges and near misses to be judged, into the file of --sheet.",
)
@click.option(
    "--sheet",
    type=FILE,
    default=Path("dedup-audit.csv"),
    show_default=True,
    help="Where --audit writes.",
)
@click.option(
    "--judged",
    type=FILE,
    metavar="FILE",
    help="Estimate errors from the sheet of an audit that was filled in.",
)
@click.option(
    "--page",
    type=FILE,
    metavar="OUT.html",
    help="Write a page to judge the doubtful pairs in a browser, or those of --audit;"
    " it saves a file for --answers, or for --judged.",
)
@click.option("--ask", is_flag=True, help="Show the doubtful pairs one by one and ask.")
@click.option(
    "--answers",
    type=FILE,
    metavar="FILE",
    help="Take answers from a CSV with columns left, right, answer (same, different).",
)
@click.option(
    "--undo",
    metavar="RECORD|all",
    help="Take back what joined a record to others, or all answers of the program.",
)
@click.option("--by", default="", metavar="NAME", help="Who answers or takes back.")
def command(paths: tuple[Path, ...], **options: Any) -> None:
    """Find the duplicates in the review in FOLDER, or in FILEs.

    In a review the answers are written to duplicates.csv; nothing else is
    changed, and every answer can be taken back.
    """
    from synthesist.actions.duplicates import answers, find

    folder = paths[0] if len(paths) == 1 and paths[0].is_dir() else None
    if any(path.is_dir() for path in paths) and folder is None:
        raise InvalidInput(
            "A folder and other paths stand side by side.",
            remedy="name one review, or files",
        )
    if folder is None:
        _need_review(options)
    _need_places(options)
    if options["ask"] and not options["by"].strip():
        raise InvalidInput("Nobody answers.", remedy="say who answers with --by NAME")
    if options["judged"]:
        _print_audit(options["judged"], as_json=options["as_json"])
        return
    if folder is not None and options["undo"]:
        undone = answers.take_back(folder, options["undo"], by=options["by"])
        count = sum(answer.answer == "undo" for answer in undone)
        if options["as_json"]:
            echo_json({"taken_back": count, "answers": len(undone)})
            return
        click.echo(
            f"{_counted(count, 'answer')} taken back in {folder}/duplicates.csv."
        )
        return
    if folder is not None and options["answers"]:
        _take_answers(folder, options)
    if folder is not None:
        found = find.deduplicate_folder(folder, source=options["source"])
    else:
        found = find.deduplicate_files(
            paths,
            source=options["source"],
            columns=read_columns_file(options["columns_file"]),
        )
    _write_files(found, paths, options)
    if options["as_json"]:
        echo_json(found.to_dict())
        return
    _print(found, folder, options)
    if folder is not None and options["ask"]:
        _ask(found, folder, options["by"])


def _need_review(options: Mapping[str, Any]) -> None:
    """Refuse what only a review can keep."""
    for name in ("ask", "answers", "undo", "page"):
        if options[name] and not (name == "page" and options["audit"]):
            raise InvalidInput(
                f"--{name} needs a review.",
                remedy="take the files in with synthesist import, and name the folder",
            )


def _need_places(options: Mapping[str, Any]) -> None:
    """Refuse files that cannot be written before anything is compared."""
    for name in ("pairs", "merged", "studies", "sheet", "page"):
        file: Path | None = options[name]
        if file is not None and (file.is_dir() or not file.parent.is_dir()):
            raise InvalidInput(
                f"The file of --{name} cannot be written there.",
                where=str(file),
                remedy="name a file in a folder that is there",
            )


def _take_answers(folder: Path, options: Mapping[str, Any]) -> None:
    """Add the answers of a file to the review."""
    from synthesist.actions.duplicates.answers import answer_pairs
    from synthesist.actions.duplicates.sheet import read_sheet

    rows = read_sheet(options["answers"])
    pairs = [(row["left"], row["right"], row["answer"]) for row in rows]
    answer_pairs(folder, pairs, by=options["by"])
    if not options["as_json"]:
        click.echo(f"{_counted(len(pairs), 'answer')} of {options['by']} added.")


def _write_files(
    found: Deduplicated, paths: Sequence[Path], options: Mapping[str, Any]
) -> None:
    """Write the files that were asked for."""
    from synthesist.actions.duplicates import sheet, written

    if options["pairs"]:
        written.write_pairs(options["pairs"], found)
    columns = read_columns_file(options["columns_file"])
    if options["merged"]:
        written.write_merged(options["merged"], found, paths, columns)
    if options["studies"]:
        written.write_studies(options["studies"], found, paths, columns)
    if options["audit"]:
        sheet.write_audit(
            options["sheet"],
            found,
            paths,
            columns,
            size=options["audit"],
            page=options["page"],
        )
    elif options["page"]:
        sheet.write_asked(options["page"], found, paths, columns)


def _print(
    found: Deduplicated, folder: Path | None, options: Mapping[str, Any]
) -> None:
    """Print what was found in words."""
    counts = found.to_dict()
    click.echo(
        f"{_counted(counts['records'], 'record')}:"
        f" {_counted(counts['groups'], 'group')} of duplicates,"
        f" {_counted(counts['to_remove'], 'record')} beyond the first of each,"
        f" {_counted(counts['ask'], 'pair')} to ask about ({counts['seconds']:.1f} s)."
    )
    if folder is not None:
        click.echo(
            f"{_counted(len(found.written), 'answer')} added to {folder}/duplicates.csv;"
            " --undo takes them back."
        )
    if options["audit"]:
        click.echo(
            f"Pairs to judge are in {options['sheet']}: write same or different into"
            " the column answer, then use --judged."
        )
    if options["page"]:
        click.echo(f"Open {options['page']} in a browser to judge them.")
    if not options["ask"]:
        for pair in found.duplicates.ask[:LISTED]:
            left, right = found.ids[pair.left], found.ids[pair.right]
            click.echo(f"  ask: {left} and {right}: {pair.reason}")
        more = len(found.duplicates.ask) - LISTED
        if more > 0:
            click.echo(f"  and {more:,} more; --pairs writes all, --ask shows them")


def _counted(count: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _print_audit(file: Path, *, as_json: bool) -> None:
    """Print the estimated errors."""
    from synthesist.actions.duplicates.sheet import read_audit

    audit = read_audit(file)
    if as_json:
        echo_json(
            {
                name: {
                    "population": part.population,
                    "judged": part.sample,
                    "wrong": part.wrong,
                    "estimate": part.estimate,
                    "low": part.interval.lower,
                    "high": part.interval.upper,
                    "level": part.interval.level,
                    "notes": list(part.notes),
                }
                for name, part in (
                    ("wrong_merges", audit.wrong_merges),
                    ("missed", audit.missed),
                )
            }
        )
        return
    for name, part in (
        ("Wrong merges", audit.wrong_merges),
        ("Missed pairs", audit.missed),
    ):
        interval = part.interval
        click.echo(
            f"{name}: {part.estimate:.1f} of {part.population:,} pairs"
            f" ({100 * interval.level:.0f}% interval {interval.lower:.1f} to"
            f" {interval.upper:.1f}); {part.wrong} of {part.sample} judged were wrong."
        )
        for note in part.notes:
            click.echo(f"  {note}")


def _ask(found: Deduplicated, folder: Path, by: str) -> None:
    """Show the doubtful pairs one by one, and write each answer as it is given."""
    from synthesist.actions.duplicates.answers import answer_pairs
    from synthesist.actions.duplicates.written import fields_of
    from synthesist.documents.side_by_side import side_by_side

    pairs = found.duplicates.ask
    if not pairs:
        click.echo("Nothing is left to ask about.")
        return
    wanted = {found.ids[place] for pair in pairs for place in pair[:2]}
    fields = fields_of([folder], wanted, {})
    for number, pair in enumerate(pairs, start=1):
        left, right = found.ids[pair.left], found.ids[pair.right]
        click.echo(f"\n{number} of {len(pairs)}: {pair.reason}")
        click.echo(f"{left}  |  {right}")
        for line in side_by_side(fields[left], fields[right]):
            _echo_line(line)
        answer = click.prompt(
            "same, different, skip, quit",
            type=click.Choice(["s", "d", "k", "q"]),
            default="k",
        )
        if answer == "q":
            break
        if answer in "sd":
            word = "same" if answer == "s" else "different"
            answer_pairs(folder, [(left, right, word)], by=by)


def _echo_line(line: Line) -> None:
    """Print one field of two records, what differs in bold and brackets."""
    if line.level == "same":
        click.echo(f"  {line.field:<9} = {_text(line.left)}")
        return
    click.echo(f"  {line.field:<9} < {_text(line.left)}")
    click.echo(f"  {'':<9} > {_text(line.right)}")


def _text(runs: Sequence[Run]) -> str:
    """Return text with what differs marked, also where there is no colour."""
    return "".join(
        click.style(f"[{run.text}]", bold=True)
        if run.differs and run.text.strip()
        else run.text
        for run in runs
    )
