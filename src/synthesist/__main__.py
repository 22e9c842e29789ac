"""Run the command line as `python -m synthesist`."""

from synthesist.cli.main import main

main()
