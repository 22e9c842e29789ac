"""Mutate exports until a reader fails: `fuzz_readers.py FAMILY... [--minutes 15]`.

Needs atheris, which is not installed with the project: `pip install atheris==3.0.0`
for Python 3.11. What must hold is what tests/formats/laws.py says. Workbooks are
mutated as bytes (`xlsx`) and in their parts, which are packed again (`xlsx-parts`).
An input that breaks a law is left in the working folder, and belongs, made small,
into tests/formats/test_found_by_fuzzing.py.
"""

import argparse
import sys
import tempfile
import zlib
from pathlib import Path

import atheris

TESTS = Path(__file__).parents[1] / "tests"

#: One input of so many is also written in every format, which takes far longer.
WRITTEN = 32


def main() -> None:
    """Fuzz the families named, in turn within one process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="+")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--corpus", help="folder that keeps what was found interesting")
    given = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    with atheris.instrument_imports(
        include=["synthesist.formats", "bibtexparser", "openpyxl"]
    ):
        from formats.laws import DICTIONARY, check, check_written
        from formats.seeds import SEEDS
        from formats.workbooks import pack

    families: list[str] = given.families

    def run(data: bytes) -> None:
        """Choose the reader by the first byte, and give it the rest."""
        if not data:
            return
        family = families[data[0] % len(families)]
        if family == "xlsx-parts":
            records = check(pack(data[1:]), "xlsx")
        else:
            records = check(data[1:], family)
        if zlib.crc32(data) % WRITTEN == 0:
            check_written(records)

    corpus = Path(given.corpus or tempfile.mkdtemp())
    corpus.mkdir(exist_ok=True)
    for place, family in enumerate(families):
        for number, seed in enumerate(SEEDS[family]):
            data = seed.encode() if isinstance(seed, str) else seed
            (corpus / f"{family}-{number}").write_bytes(bytes([place]) + data)
    words = corpus.with_suffix(".words")
    words.write_text("".join(map(quoted, DICTIONARY)), encoding="ascii")
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={given.minutes * 60:.0f}",
            "-timeout=10",
            "-rss_limit_mb=1500",
            "-max_len=8192",
            # Whole exports from the start, not first the shortest of files.
            "-len_control=0",
            f"-dict={words}",
            f"-artifact_prefix={corpus}-",
            "-print_final_stats=1",
            str(corpus),
        ],
        run,
    )
    atheris.Fuzz()


def quoted(word: str) -> str:
    """Return a word as a line of libFuzzer's dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'


main()
