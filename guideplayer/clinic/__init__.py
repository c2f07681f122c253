"""Many rooms and the stations that look after them, meeting on an MQTT 5 broker."""
