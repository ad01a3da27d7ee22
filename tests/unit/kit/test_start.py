"""A program loads its module without looking for garbage, and looks for it afterwards."""

import subprocess
import sys

WATCHED = """
import gc, sys, types
from kit.start import program
def main(arguments):
    print(gc.isenabled(), gc.get_freeze_count() > 1000, arguments)
    return 7
made = types.ModuleType("made")
made.main = main
sys.modules["made"] = made
sys.exit(program("made", ["a"]))
"""


def test_what_was_loaded_is_kept_aside_and_the_rest_is_looked_through():
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (7, "True True ['a']"), done.stderr
