"""Somebody at a real broker with a certificate of the clinic, who may not be who it should be."""

from pathlib import Path

import paho.mqtt.client as paho


class Rogue:
    """Somebody with the certificate of a room or a station, and another programme than ours."""

    def __init__(self, folder: Path, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.refused: list[str] = []
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.tls_set(str(folder / "ca.crt"), str(folder / "own.crt"), str(folder / "own.key"))
        self._client.on_message = lambda _client, _data, message: self.heard.append((message.topic, message.payload))
        self._client.on_publish = lambda _client, _data, _id, code, _more: self.refused.append(str(code))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def says(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)

    def listens(self, topic: str) -> None:
        self._client.subscribe(topic, qos=1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
