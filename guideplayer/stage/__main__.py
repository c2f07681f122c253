"""`python -m guideplayer.stage`: the stage process; started by the launcher."""

from guideplayer.stage.stage import main

main()
