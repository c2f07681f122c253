"""`python -m guideplayer.room`: the room process; started by the launcher."""

from guideplayer.room.process import main

main()
