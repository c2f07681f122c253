"""What a process that tells a service is given on its input."""

import msgspec


class Letter(msgspec.Struct, frozen=True):
    """What is to be sent where: to Apprise's `url`, or with a plugin's `options`, a JSON object."""

    title: str
    body: str
    url: str = ""
    options: str = "{}"
