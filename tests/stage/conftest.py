import os

# No test here needs a display; one that does sets its own.
os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
