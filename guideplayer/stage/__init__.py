"""The stage process: draws and sounds a moment, and takes the press."""
