"""What a session was, told from its record: a summary, drawn and in words, and figures of many."""
