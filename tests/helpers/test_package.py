"""`from helpers import …`: every name is there, each loaded only when asked for."""

import subprocess
import sys

import pytest

import helpers


@pytest.mark.parametrize("name", helpers.__all__)
def test_each_name_is_what_it_says_after_its_modules_are_loaded(name):
    assert callable(getattr(helpers, name))
    assert name in dir(helpers)


def test_an_unknown_name_is_refused_with_the_ones_there_are():
    with pytest.raises(ImportError):
        from helpers import LiveChar  # noqa: F401
    with pytest.raises(AttributeError, match="LiveChart"):
        _ = helpers.LiveChar


def test_the_package_alone_loads_no_widgets_and_no_boto3():
    script = "import sys, helpers; print([n for n in ('plotly', 'ipywidgets', 'IPython', 'boto3') if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
