"""Make up bibliographic records with known duplicates: the same seed, the same bytes.

One record in five is a copy of another, changed as databases change records:
abbreviated journals, initials for names, other page forms, missing fields, slips,
cut titles, years that differ by one. Some originals are traps: parts of a series,
errata, abstracts that share the DOI of their supplement.

    python benchmarks/dedup_records.py 100000 records.csv gold.csv --seed 7
"""

import argparse
import csv
import random
from pathlib import Path

SYLLABLES = [
    "ba",
    "be",
    "bo",
    "ca",
    "ce",
    "co",
    "da",
    "de",
    "di",
    "do",
    "fa",
    "fe",
    "fi",
    "ga",
    "ge",
    "go",
    "ha",
    "he",
    "hi",
    "ka",
    "ke",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "pa",
    "pe",
    "pi",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "vo",
    "za",
    "ze",
]
ENDINGS = [
    "tion",
    "sis",
    "itis",
    "oma",
    "emia",
    "ine",
    "ase",
    "cyte",
    "gen",
    "pathy",
    "logy",
    "osis",
    "mab",
    "nib",
    "tide",
    "cin",
    "ol",
    "ide",
    "an",
    "al",
    "ic",
    "ous",
    "ment",
    "ance",
]
SMALL = ["of", "in", "the", "with", "and", "for", "on", "by", "to", "from"]
HEADINGS = ["BACKGROUND: ", "OBJECTIVE: ", "Background: ", "", "", ""]
COLUMNS = [
    "record_id",
    "title",
    "author",
    "year",
    "journal",
    "volume",
    "number",
    "pages",
    "doi",
    "pmid",
    "abstract",
    "source",
]


class Maker:
    """Makes records one after the other from one stream of random numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        pick = self.random
        self.words = sorted(
            {
                "".join(pick.choices(SYLLABLES, k=pick.randint(1, 3)))
                + pick.choice(ENDINGS)
                for _ in range(9000)
            }
        )
        pick.shuffle(self.words)
        self.weights = [1 / (place + 20) for place in range(len(self.words))]
        total, self.cumulated = 0.0, []
        for weight in self.weights:
            total += weight
            self.cumulated.append(total)
        self.names = [
            "".join(pick.choices(SYLLABLES, k=pick.randint(2, 4))).capitalize()
            for _ in range(6000)
        ]
        self.given = [
            "".join(pick.choices(SYLLABLES, k=pick.randint(2, 3))).capitalize()
            for _ in range(700)
        ]
        self.journals = []
        for _ in range(1500):
            words = [word.capitalize() for word in self.some(pick.randint(1, 3))]
            full = f"{pick.choice(['Journal', 'Annals', 'Archives', 'Reviews', 'Clinical Research'])} of {' and '.join(words)}"
            short = " ".join(word[:4] for word in full.split() if word not in SMALL)
            self.journals.append((full, short))

    def some(self, count: int) -> list[str]:
        """Return words as frequent as words are."""
        return self.random.choices(self.words, cum_weights=self.cumulated, k=count)

    def title(self) -> str:
        """Return a title of six to sixteen words."""
        words = self.some(self.random.randint(5, 12))
        for place in range(2, len(words), 3):
            words.insert(place, self.random.choice(SMALL))
        text = " ".join(words).capitalize()
        if self.random.random() < 0.3:
            text += f": a {self.random.choice(['randomised trial', 'cohort study', 'systematic review', 'case report'])}"
        return text

    def original(self, number: int) -> dict[str, str]:
        """Return a record as a careful database has it."""
        pick = self.random
        people = [
            f"{pick.choice(self.names)}, {pick.choice(self.given)} {pick.choice('ABCDEFGHJKLMPRSTW')}."
            for _ in range(pick.randint(1, 9))
        ]
        journal = pick.randrange(len(self.journals))
        year = pick.randint(1985, 2024)
        first = pick.randint(1, 2400)
        sentences = [
            " ".join(self.some(pick.randint(12, 24))).capitalize() + "."
            for _ in range(8)
        ]
        return {
            "title": self.title() + ".",
            "author": " and ".join(people),
            "year": str(year),
            "journal": str(journal),
            "volume": str(year - 1960 + journal % 20),
            "number": str(pick.randint(1, 12)),
            "pages": f"{first}-{first + pick.randint(0, 14)}",
            "doi": f"10.{1000 + journal}/{year}.{number}",
            "pmid": str(10_000_000 + number),
            "abstract": " ".join(sentences),
        }

    def slip(self, text: str) -> str:
        """Return text with one letter lost, doubled or exchanged."""
        if len(text) < 8:
            return text
        place = self.random.randrange(3, len(text) - 2)
        kind = self.random.random()
        if kind < 0.4:
            return text[:place] + text[place + 1 :]
        if kind < 0.7:
            return text[:place] + text[place] + text[place:]
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    def as_database(self, record: dict[str, str], source: str) -> dict[str, str]:
        """Return a record as one of three databases writes it."""
        full, short = self.journals[int(record["journal"])]
        changed = record | {"journal": full, "source": source}
        if source == "B":
            changed["author"] = " and ".join(
                name.split(", ")[0]
                + ", "
                + "".join(f"{part[0]}." for part in name.split(", ")[1].split())
                for name in record["author"].split(" and ")
            )
            changed["journal"] = short
            changed["title"] = record["title"].rstrip(".")
            changed["pmid"] = ""
        if source == "C":
            changed["title"] = record["title"].upper()
            changed["pmid"] = ""
            changed["doi"] = "https://doi.org/" + record["doi"].upper()
            first, _, last = record["pages"].partition("-")
            shared = 0
            while (
                len(first) == len(last)
                and shared < len(last) - 1
                and first[shared] == last[shared]
            ):
                shared += 1
            if last:
                changed["pages"] = f"pp. {first}-{last[shared:]}"
        return changed

    def damaged(self, record: dict[str, str]) -> dict[str, str]:
        """Return a copy with what gets lost or spoiled on the way."""
        pick, record = self.random, dict(record)
        if pick.random() < 0.35:
            record["doi"] = ""
        if pick.random() < 0.25:
            record["abstract"] = ""
        elif pick.random() < 0.3:
            record["abstract"] = pick.choice(HEADINGS) + record["abstract"]
        if pick.random() < 0.2:
            record["title"] = self.slip(record["title"])
        if pick.random() < 0.05 and ":" in record["title"]:
            record["title"] = record["title"].partition(":")[0]
        if pick.random() < 0.1:
            record["number"] = ""
        if pick.random() < 0.05:
            record["volume"] = record["pages"] = ""
        if pick.random() < 0.07:
            record["year"] = str(int(record["year"]) + pick.choice((-1, 1)))
        if pick.random() < 0.05:
            record["author"] = " and ".join(record["author"].split(" and ")[:3])
        return record

    def trap(self, record: dict[str, str]) -> dict[str, str]:
        """Return another report that looks like this one."""
        pick, other = self.random, dict(record)
        kind = pick.random()
        other["pmid"] = ""
        first = int(record["pages"].partition("-")[0]) + pick.randint(20, 300)
        other["pages"] = f"{first}-{first + 6}"
        if kind < 0.4:
            other["title"] = record["title"].rstrip(".") + " part 2."
            other["doi"] += "2"
        elif kind < 0.7:
            other["title"] = "Erratum: " + record["title"]
            other["doi"] = other["abstract"] = ""
            other["number"] = str(int(record["number"]) % 12 + 1)
            other["pages"] = str(first)
        else:
            other["title"] = self.title()
            other["pages"] = str(first)
            other["author"] = self.original(0)["author"]
            other["abstract"] = ""
        return other


def make(count: int, seed: int):
    """Give records and the number of what each is a record of, in mixed order."""
    maker = Maker(seed)
    number = made = 0
    waiting: list[tuple[int, dict[str, str]]] = []
    while made < count:
        number += 1
        record = maker.original(number)
        batch = [(number, maker.as_database(record, "A"))]
        if maker.random.random() < 0.02:
            number += 1
            batch.append((number, maker.as_database(maker.trap(record), "A")))
        for source in maker.random.choice(("BC", "CB")):
            if maker.random.random() < 0.136:
                copy = maker.as_database(maker.damaged(record), source)
                batch.append((batch[0][0], copy))
        waiting += batch
        while len(waiting) > 2000 and made < count:
            yield waiting.pop(maker.random.randrange(len(waiting)))
            made += 1


def write(count: int, records: Path, gold: Path | None, seed: int) -> None:
    """Write the records, and the groups of those that are duplicates."""
    groups: dict[int, list[str]] = {}
    with records.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for place, (number, record) in enumerate(make(count, seed), start=1):
            name = f"n{place:07}"
            groups.setdefault(number, []).append(name)
            writer.writerow(record | {"record_id": name})
    if gold is not None:
        lines = [";".join(group) for group in groups.values() if len(group) > 1]
        gold.write_text("merged_ids\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Write the records that were asked for, or say how to ask."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("count", type=int, nargs="?")
    options.add_argument("records", type=Path, nargs="?")
    options.add_argument("gold", type=Path, nargs="?")
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    if given.records is None:
        options.print_usage()
    else:
        write(given.count, given.records, given.gold, given.seed)


if __name__ == "__main__":
    main()
