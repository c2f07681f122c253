"""A short tour of a session: the real room, stage and desk; what nobody presses or answers, the tour does."""
