"""`python -m guideplayer`."""

from guideplayer.cli import main

main()
