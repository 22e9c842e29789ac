"""Sphinx builds the documentation from this."""

import synthesist

project = "Synthesist"
author = "The Synthesist contributors"
copyright = "the Synthesist contributors"
version = release = synthesist.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "numpydoc",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "alabaster"
html_theme_options = {
    "description": "Evidence synthesis, from the search export to the published answer",
    "fixed_sidebar": True,
}
html_show_sphinx = False
exclude_patterns = ["_build"]
