"""`python -m ewstape` is the `ewstape` command."""

from ewstape.cli import main

main()
