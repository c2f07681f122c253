"""Calls that reach pockets: services that are told of a call which nobody has answered."""
