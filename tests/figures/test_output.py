"""Files: the same bytes, real text, fonts inside, the user's settings untouched."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest

from synthesist.errors import InvalidInput
from synthesist.figures import embedded_font_css, flow, forest, save, svg

from .samples import FLOW, FOREST

SVG = "{http://www.w3.org/2000/svg}"

DRAW = """
import hashlib, pathlib, sys
sys.path.insert(0, {tests!r})
from figures.samples import FLOW, FOREST
from synthesist.figures import flow, forest, save
for name, figure in (("forest", forest(FOREST)), ("flow", flow(FLOW))):
    for path in save(figure, pathlib.Path({folder!r}) / name).values():
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def read_xml(text):
    """Read what we have written ourselves."""
    return ET.fromstring(text)  # noqa: S314


def texts_of(svg_text):
    """Give the texts of an SVG as a reader of XML finds them."""
    return ["".join(e.itertext()) for e in read_xml(svg_text).iter(f"{SVG}text")]


def test_the_same_figure_gives_the_same_bytes_in_another_process(tmp_path):
    tests = str(Path(__file__).parents[1])
    said = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        said.append(
            subprocess.run(
                [sys.executable, "-c", DRAW.format(tests=tests, folder=str(folder))],
                capture_output=True,
                text=True,
                check=True,
                env=environment,
            ).stdout
        )
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == 6


def test_drawing_twice_in_one_process_gives_the_same_bytes(tmp_path):
    paths = [save(forest(FOREST), tmp_path / name) for name in ("a", "b")]
    for suffix, path in paths[0].items():
        assert path.read_bytes() == paths[1][suffix].read_bytes()


def test_the_users_settings_are_neither_used_nor_changed(tmp_path):
    plain = save(forest(FOREST), tmp_path / "plain")
    with mpl.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "text.usetex": True}
    ):
        before = dict(mpl.rcParams)
        other = save(forest(FOREST), tmp_path / "other")
        flow(FLOW)
        assert dict(mpl.rcParams) == before
    assert plain["svg"].read_bytes() == other["svg"].read_bytes()


def test_no_state_of_pyplot_is_touched():
    code = (
        "import sys; from synthesist.figures import forest, ForestPlot, ForestGroup;"
        "forest(ForestPlot(groups=(ForestGroup(rows=()),)));"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, synthesist.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_svg_holds_real_text_and_the_fonts_for_it(tmp_path):
    path = save(forest(FOREST), tmp_path / "a", ("svg",))["svg"]
    content = path.read_text(encoding="utf-8")
    texts = texts_of(content)
    for expected in ("Müller 2019", "Хохлова 2018", "赵明 2019", "not reported"):
        assert expected in texts
    assert "0.62 [0.34, 1.14]" in texts
    assert content.count("@font-face") == 4
    assert "data:font/woff;base64," in content
    assert 'style="' not in content


def test_a_figure_without_chinese_carries_no_chinese_font(tmp_path):
    rows = FOREST.groups[0].rows[:2]
    plain = replace(FOREST, groups=(replace(FOREST.groups[0], rows=rows),))
    content = save(forest(plain), tmp_path / "a", ("svg",))["svg"].read_text()
    faces = re.findall(r"font-family:'([^']+)'", content)
    assert set(faces) == {"Synthesist Sans"}


def test_an_svg_for_a_page_shares_nothing_with_its_neighbours():
    content = svg(forest(FOREST), title="Forest plot of <response>")
    root = read_xml(content)
    assert content.startswith("<svg")
    assert "@font-face" not in content
    assert "metadata" not in content
    assert root.find(f"{SVG}title").text == "Forest plot of <response>"
    assert root.get("role") == "img"
    referred = set(re.findall(r'(?:url\(#|xlink:href="#)([^")]+)', content))
    named = set(re.findall(r' id="([^"]+)"', content))
    assert named <= referred | {"study-a"}


def test_links_into_the_page_live_in_the_page_only(tmp_path):
    figure = forest(FOREST)
    inside = svg(figure)
    saved = save(figure, tmp_path / "a", ("svg", "pdf"))
    alone = saved["svg"].read_text(encoding="utf-8")
    assert "#study-a" in inside
    assert "#study-a" not in alone
    assert "https://example.org/b" in inside
    assert "https://example.org/b" in alone
    assert b"https://example.org/b" in saved["pdf"].read_bytes()
    assert b"#study-a" not in saved["pdf"].read_bytes()


def test_pdf_embeds_the_shipped_fonts_as_truetype(tmp_path):
    content = save(forest(FOREST), tmp_path / "a", ("pdf",))["pdf"].read_bytes()
    for name in (b"SynthesistSans-Regular", b"SynthesistSans-Bold"):
        assert re.search(rb"/BaseFont\s*/[A-Z]{6}\+" + name, content)
    assert re.search(rb"/BaseFont\s*/[A-Z]{6}\+SynthesistSansSC-Regular", content)
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"CreationDate" not in content


def test_a_name_with_a_point_keeps_it(tmp_path):
    paths = save(forest(FOREST), tmp_path / "figure 1.2", ("png",))
    assert paths["png"].name == "figure 1.2.png"
    assert paths["png"].read_bytes().startswith(b"\x89PNG")


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InvalidInput, match=r"bmp.*choose from svg, pdf, png"):
        save(forest(FOREST), tmp_path / "a", ("svg", "bmp"))
    assert not list(tmp_path.iterdir())


def test_font_css_carries_chinese_only_when_it_is_needed():
    latin = embedded_font_css("Łódź, Жуков, τ² − 1")
    both = embedded_font_css("赵明 2019")
    assert latin.count("@font-face") == 2
    assert both.count("@font-face") == 4
    assert "'Synthesist Sans SC'" in both
    assert "'Synthesist Sans SC'" not in latin
    assert embedded_font_css("") == ""


def test_a_user_can_go_on_editing(tmp_path):
    figure = forest(FOREST)
    axes = figure.axes[0]
    axes.axvline(0.5)
    figure.text(0.5, 0.5, "my own words")
    path = save(figure, tmp_path / "edited", ("svg",))["svg"]
    assert "my own words" in texts_of(path.read_text(encoding="utf-8"))
