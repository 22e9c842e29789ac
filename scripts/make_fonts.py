"""Make the fonts that figures and reports ship with, from Debian's Noto packages.

    python scripts/make_fonts.py            write src/synthesist/figures/fonts
    python scripts/make_fonts.py --check    compare with what is there

Sources: fonts-noto-core 20201225-1 (Noto Sans, Noto Sans Math, Noto Sans Mono)
and fonts-noto-cjk 1:20220127+repack1-1 (the SC face of Noto Sans CJK), all under
the SIL Open Font License 1.1. The same sources give the same bytes.

The fonts are renamed because they are modified: Noto Sans receives the
mathematical signs it lacks (the minus above all), the Chinese outlines are
converted from cubic to quadratic curves, which is what PDF's Type 42 embeds, all
four receive the same line height, so that rows of mixed script stand evenly, and
layout tables give way to a plain table of kerning pairs, because every figure that
is written as PDF cuts the fonts down anew and layout tables make that slow.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0
from fontTools.ttLib.tables.otTables import PairPos

CORE = Path("/usr/share/fonts/truetype/noto")
CJK = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).parents[1] / "src/synthesist/figures/fonts"

#: Latin with Vietnamese, IPA, accents, Greek, Cyrillic, punctuation, currency.
ALPHABETS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2AF), (0x2B0, 0x36F), (0x370, 0x3FF),
    (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F),
    (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F), (0xFB00, 0xFB04),
)  # fmt: skip
SIGNS = "−∕∗∙√∝∞∩∪∫≈≠≡≤≥∂∆∏∑←↑→↓↔⇒"

#: Common in names, beyond GB 2312.
NAMES = "喆堃镕玥珺昇瑄祎芃垚犇赟翀旻昉彧琤琰璟璠鋆暐翾玚珩"
FULL_WIDTH_AND_MARKS = "✓✗（）：；，。、％～－＋＝＜＞①②③④⑤⑥⑦⑧⑨⑩"

#: Kerning is kept between these, when it is at least so many thousandths.
KERNED = (
    (0x20, 0x7E), (0xC0, 0x17F), (0x391, 0x3CE), (0x401, 0x45F), (0x2013, 0x201E),
)  # fmt: skip
LEAST_KERNING = 10

#: Above and below the baseline, in thousandths: accented capitals and descenders fit.
ASCENT, DESCENT = 960, 240

#: 2020-01-01 in seconds since 1904, the epoch of the font format.
FIXED_TIME = 3660681600


def ranges(pairs: tuple[tuple[int, int], ...]) -> Iterator[int]:
    """Give every code point of closed ranges."""
    for first, last in pairs:
        yield from range(first, last + 1)


def gb2312() -> set[int]:
    """Give the characters of GB 2312, from the codec's own table."""
    found = set[int]()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def add_signs(font: TTFont, sources: tuple[TTFont, ...]) -> None:
    """Copy each sign from the first source that has it, at the width of digits."""
    digit = font["hmtx"][font.getBestCmap()[ord("0")]][0]
    for sign in SIGNS:
        for source in sources:
            name = source.getBestCmap().get(ord(sign))
            if name is None:
                continue
            glyphs = source.getGlyphSet()
            recorded = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(recorded)
            pen = TTGlyphPen(None)
            recorded.replay(pen)
            glyph = pen.glyph()
            width = source["hmtx"][name][0]
            if width == 600:  # Noto Sans Mono: keep the strokes, trim the sides.
                shift = (digit - width) // 2
                glyph.coordinates.translate((shift, 0))
                width = digit
            glyph.recalcBounds(font["glyf"])
            new = f"uni{ord(sign):04X}"
            font.setGlyphOrder([*font.getGlyphOrder(), new])
            font["glyf"][new] = glyph
            font["hmtx"][new] = (width, glyph.xMin)
            for table in font["cmap"].tables:
                if table.isUnicode():
                    table.cmap[ord(sign)] = new
            break


def cut(font: TTFont, unicodes: set[int]) -> None:
    """Keep the named characters; drop layout features, hints and glyph names."""
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "BASE"]
    options.drop_tables += ["GDEF", "GPOS", "GSUB"]
    cutter = subset.Subsetter(options=options)
    cutter.populate(unicodes=unicodes)
    cutter.subset(font)


def to_quadratic(font: TTFont) -> None:
    """Replace cubic by quadratic outlines, true to one unit in a thousand."""
    glyphs = font.getGlyphSet()
    order = font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = outlines
    del font["CFF "]
    for name in order:
        glyf[name].recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyf[name], "xMin", 0))
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in (
        "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs",
        "maxInstructionDefs", "maxStackElements", "maxSizeOfInstructions",
        "maxComponentElements", "maxComponentDepth", "maxPoints", "maxContours",
        "maxCompositePoints", "maxCompositeContours",
    ):  # fmt: skip
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    post = font["post"]
    post.formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


def kerning(font: TTFont) -> dict[tuple[str, str], int]:
    """Read pairs and their kerning out of the font's positioning table."""
    table = font["GPOS"].table
    wanted = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for index in record.Feature.LookupListIndex
    }
    cmap = font.getBestCmap()
    glyphs = [cmap[code] for code in ranges(KERNED) if code in cmap]
    pairs: dict[tuple[str, str], int] = {}
    for index in sorted(wanted):
        for subtable in table.LookupList.Lookup[index].SubTable:
            rules = getattr(subtable, "ExtSubTable", subtable)
            if rules.LookupType != 2:
                continue
            for pair, value in pair_values(rules, glyphs):
                pairs.setdefault(pair, value)
    return {pair: v for pair, v in sorted(pairs.items()) if abs(v) >= LEAST_KERNING}


def pair_values(
    rules: PairPos, glyphs: list[str]
) -> Iterator[tuple[tuple[str, str], int]]:
    """Give what one table of pairs says about these glyphs, zeros included."""
    known = set(glyphs)
    covered = [glyph for glyph in rules.Coverage.glyphs if glyph in known]
    if rules.Format == 1:
        sets = dict(zip(rules.Coverage.glyphs, rules.PairSet, strict=True))
        for first in covered:
            for record in sets[first].PairValueRecord:
                if record.SecondGlyph in known:
                    value = getattr(record.Value1, "XAdvance", 0)
                    yield (first, record.SecondGlyph), value
        return
    for first in covered:
        row = rules.Class1Record[rules.ClassDef1.classDefs.get(first, 0)]
        for second in glyphs:
            record = row.Class2Record[rules.ClassDef2.classDefs.get(second, 0)]
            yield (first, second), getattr(record.Value1, "XAdvance", 0)


def add_kerning(font: TTFont, pairs: dict[tuple[str, str], int]) -> None:
    """Write pairs as a table of kerning of format 0."""
    subtable = KernTable_format_0()
    subtable.version = subtable.coverage = subtable.tupleIndex = 0
    subtable.coverage = 1
    subtable.kernTable = pairs
    kern = font["kern"] = newTable("kern")
    kern.version = 0
    kern.kernTables = [subtable]


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the modified font a name of its own, keeping copyright and licence."""
    names = font["name"]
    kept = {i: names.getDebugName(i) for i in (0, 5, 8, 9, 13, 14)}
    names.names = []
    postscript = f"{family.replace(' ', '')}-{style}"
    values = kept | {
        1: family,
        2: style,
        3: f"{postscript};subset",
        4: f"{family} {style}",
        6: postscript,
    }
    for index, value in sorted(values.items()):
        if value:
            names.setName(value, index, 3, 1, 0x409)


def write(font: TTFont, path: Path) -> None:
    """Write with our line height and fixed times, so that the same sources give the same bytes."""
    font["OS/2"].sTypoAscender = font["hhea"].ascent = ASCENT
    font["OS/2"].sTypoDescender = font["hhea"].descent = -DESCENT
    font["OS/2"].sTypoLineGap = font["hhea"].lineGap = 0
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = FIXED_TIME
    font.save(path)


def make(target: Path) -> None:
    """Make every font into `target`."""
    mathematics = TTFont(CORE / "NotoSansMath-Regular.ttf")
    mono = TTFont(CORE / "NotoSansMono-Bold.ttf")
    for style, sources in (("Regular", (mathematics,)), ("Bold", (mono, mathematics))):
        font = TTFont(CORE / f"NotoSans-{style}.ttf")
        add_signs(font, sources)
        wanted = {*ranges(ALPHABETS), *map(ord, SIGNS)}
        pairs = kerning(font)
        cut(font, wanted)
        add_kerning(font, pairs)
        rename(font, "Synthesist Sans", style)
        write(font, target / f"SynthesistSans-{style}.ttf")
    latin = set(TTFont(target / "SynthesistSans-Regular.ttf").getBestCmap())
    chinese = gb2312() | set(map(ord, NAMES + FULL_WIDTH_AND_MARKS))
    for style in ("Regular", "Bold"):
        faces = TTCollection(CJK / f"NotoSansCJK-{style}.ttc", lazy=True).fonts
        font = next(
            face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC"
        )
        cut(font, (chinese - latin) | {0x20})
        to_quadratic(font)
        rename(font, "Synthesist Sans SC", style)
        write(font, target / f"SynthesistSansSC-{style}.ttf")


def main() -> int:
    """Write the fonts, or say which differ."""
    if "--check" not in sys.argv[1:]:
        TARGET.mkdir(parents=True, exist_ok=True)
        make(TARGET)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        make(made)
        differing = [
            path.name
            for path in sorted(made.iterdir())
            if path.read_bytes() != (TARGET / path.name).read_bytes()
        ]
    print("differ:", ", ".join(differing) if differing else "none")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
