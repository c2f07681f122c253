"""From a therapist's YAML file to a Script, or to every problem at once, each with its line and a way to mend it."""
