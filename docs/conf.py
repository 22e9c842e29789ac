"""Sphinx builds the documentation from this."""

import sys
from pathlib import Path

import synthesist

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Synthesist"
author = "The Synthesist contributors"
copyright = "the Synthesist contributors"
version = release = synthesist.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "doi_links",
    "mathml",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "data/README.md"]

# Formulas are MathML and nothing is fetched: the pages are read where there is
# no network, as the reports are.
html_math_renderer = "mathml"
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "Synthesist"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sphinx = False
html_copy_source = False
