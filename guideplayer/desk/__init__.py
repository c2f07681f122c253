"""The staff page: one room on a phone, a tablet or a station, and who may use it."""
