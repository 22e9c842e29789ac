"""What the shipped fonts show, and what happens with what they do not."""

import re

import pytest
from fontTools.ttLib import TTFont

from synthesist.errors import InvalidInput
from synthesist.figures import FlowCount, FlowCounts, flow, forest
from synthesist.figures.typeface import (
    ASCENT,
    DESCENT,
    FILES,
    FONTS,
    clean,
    missing_glyphs,
    require_glyphs,
    text_width,
)

from .samples import FOREST


@pytest.mark.parametrize(
    "text",
    [
        "ABC xyz 0123456789 [95% CI]",
        "ÅÄÖ ñ ß Łódź Şahin Đỗ Nguyễn Ångström",
        "Ελληνικά αβγδεζηθικλμνξοπρστυφχψω",
        "Русский Українська ґєії Ђорђевић қазақша",
        "− ± × ÷ ≤ ≥ ≠ ≈ ∞ √ ← → τ² χ² I² µ ‰ ½ – — ‘’ “” … † ‡",
        "低剂量白细胞介素治疗系统性红斑狼疮的随机对照试验（荟萃分析），镕喆",
    ],
)
def test_scripts_of_the_field_have_glyphs(text):
    assert missing_glyphs(text) == []


def test_a_missing_glyph_is_named_with_its_text_and_place():
    with pytest.raises(InvalidInput) as raised:
        require_glyphs([("Study 𠮷 2019", "study 3"), ("fine", "x"), ("שלום", "title")])
    first, second = map(str, raised.value.problems)
    assert "study 3" in first
    assert "“𠮷” (U+20BB7, cjk unified ideograph-20bb7)" in first
    assert "“Study 𠮷 2019”" in first
    assert second.count("U+05") == 4


def test_figures_refuse_what_they_cannot_show():
    from dataclasses import replace

    with pytest.raises(InvalidInput, match=r"the forest plot: .*U\+05E9"):
        forest(replace(FOREST, title="ש"))
    row = replace(FOREST.groups[0].rows[0], label="ก 2019")
    with pytest.raises(InvalidInput, match=r"study 'ก 2019': .*U\+0E01"):
        forest(replace(FOREST, groups=(replace(FOREST.groups[0], rows=(row,)),)))
    with pytest.raises(InvalidInput, match=r"flow diagram, reasons: .*U\+0E01"):
        flow(FlowCounts(reasons=(FlowCount(label="ก", n=1),)))


def test_invisible_and_broken_space_is_put_right():
    assert clean(" a\u200b\tb\n c\ufeff ") == "a b c"
    assert clean("e\u0301") == "é"
    assert clean("n\u00a0=\u00a03") == "n\u00a0=\u00a03"


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "text", ["Humrich 2022", "Хохлова", "赵明 2019", "0.85 [0.42]"]
)
def test_measured_widths_are_those_of_the_renderer(text, bold):
    from matplotlib.textpath import TextToPath

    from synthesist.figures.page import font, house_style

    with house_style():
        drawn, _, _ = TextToPath().get_text_width_height_descent(
            text, font(100, bold=bold), False
        )
    measured = text_width(text, 100, bold=bold) * 72 / 25.4
    # Kerning and the rounding of the renderer's pixels are all that may differ.
    assert measured == pytest.approx(drawn, rel=0.02)


def test_digits_signs_and_figure_spaces_are_equally_wide():
    widths = {text_width(c, 8) for c in "0123456789−\u2007"}
    assert len(widths) == 1


@pytest.mark.parametrize("path", FILES.values(), ids=lambda path: path.stem)
def test_fonts_can_be_embedded_and_say_their_licence(path):
    with TTFont(path) as font:
        assert "glyf" in font
        assert font["OS/2"].fsType == 0
        assert font["head"].unitsPerEm == 1000
        assert font["OS/2"].sTypoAscender == 1000 * ASCENT
        assert font["OS/2"].sTypoDescender == -1000 * DESCENT
        assert "Open Font License" in font["name"].getDebugName(13)
        assert font["name"].getDebugName(1).startswith("Synthesist Sans")
    assert path.stat().st_size < 3_000_000


def test_the_licence_travels_with_the_fonts():
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in text
    assert re.search(r"Adobe.*Google|Google.*Adobe", text, re.DOTALL)
    assert {path.name for path in FONTS.iterdir()} == {
        "OFL.txt",
        *(path.name for path in FILES.values()),
    }


@pytest.mark.parametrize(("character", "parts"), [("画", 7), ("门", 3), ("关", 1)])
def test_chinese_characters_have_their_chinese_forms(character, parts):
    # The Japanese face of the same collection draws these with 6, 1 and 3 outlines.
    with TTFont(FILES["Synthesist Sans SC", False]) as font:
        glyph = font["glyf"][font.getBestCmap()[ord(character)]]
        assert glyph.numberOfContours == parts
