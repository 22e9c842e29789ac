"""What every room's tests share: hypothesis profiles and the browser."""

import os
import shutil
import sys

import pytest
from hypothesis import HealthCheck, settings

# Shared machines stall for seconds; an example that takes long is no failure.
settings.register_profile(
    "default",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
# A commit is judged by the same examples every time; new ones are looked for by
# those who work on it.
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.register_profile(
    "thorough", settings.get_profile("default"), max_examples=2000
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default")
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser():
    """Return the path of an installed Chromium, None if there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(items):
    """Skip what needs a browser where there is none, and say how to get one."""
    if find_browser():
        return
    skip = pytest.mark.skip(reason="no Chromium; run: apt-get install chromium")
    for item in items:
        if {"page", "browser", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Open the system's Chromium: Playwright's own is a download."""
    arguments = dict(browser_type_launch_args, executable_path=find_browser())
    if sys.platform == "linux" and os.geteuid() == 0:
        arguments["args"] = [*arguments.get("args", []), "--no-sandbox"]
    return arguments
