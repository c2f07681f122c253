"""Sessions without waiting: rehearsed on a virtual clock, or exported as a film."""
