"""Seeded worlds: the real room, session, stage mind and desk protocol on a virtual clock, with all faults there are."""
