"""A sound server of a test's own, with devices that can be unplugged, and what would be heard from them."""

import contextlib
import os
import signal
import subprocess
import threading
import time

import numpy as np

from tests.xvfb import needed

RATE_HZ = 48_000
FRAME_BYTES = 8
STARTS_WITHIN_S = 40
TOOLS = ("pulseaudio", "pactl", "parec")


class Pulse:
    """PulseAudio without any configuration: only the devices that a test plugs in."""

    def __init__(self, folder):
        needed(*TOOLS)
        (folder / "run").mkdir(mode=0o700)
        self._socket = folder / "run" / "native"
        self._log = folder / "pulse.log"
        self._process = None
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "PULSE_RUNTIME_PATH": str(folder / "run"),
            "PULSE_SERVER": f"unix:{self._socket}",
        }

    def start(self, *devices):
        """Start the server, with devices."""
        native = f"module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket={self._socket}"
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--system=no"]
        for module in (native, *map(_sink, devices)):
            command += ["--load", module]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + STARTS_WITHIN_S
        while self._asked("info").returncode:
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.05)

    def _asked(self, *words):
        return subprocess.run(
            ["pactl", *words], env=self.environment, capture_output=True, text=True, timeout=10, check=False
        )

    def _pactl(self, *words):
        told = self._asked(*words)
        assert told.returncode == 0, told.stderr
        return told.stdout

    def plug(self, device):
        """Plug a device in."""
        self._pactl("load-module", *_sink(device).split(" "))

    def unplug(self, device):
        """Pull a device out."""
        rows = [row.split("\t") for row in self._pactl("list", "short", "modules").splitlines()]
        number = next(row[0] for row in rows if f"sink_name={device} " in row[2] + " ")
        self._pactl("unload-module", number)

    def kill(self):
        """The server crashes."""
        self._process.kill()
        self._process.wait(10)
        self._socket.unlink(missing_ok=True)

    @contextlib.contextmanager
    def hanging(self):
        """The server does not answer."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self):
        if self._process and self._process.poll() is None:
            self.kill()


def _sink(device):
    shape = f"rate={RATE_HZ} format=float32le"
    return f"module-null-sink sink_name={device} {shape} sink_properties=device.description={device}"


class Recording:
    """What is heard from a device: samples (frames, 2), and when each was heard."""

    def __init__(self, pulse, device="room"):
        command = ["parec", f"--device={device}.monitor", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2"]
        command += ["--latency-msec=20", "--raw"]
        self._process = subprocess.Popen(command, env=pulse.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pid = self._process.pid
        self._pieces = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        rest = b""
        while data := self._process.stdout.read1(1 << 16):
            data = rest + data
            whole = len(data) // FRAME_BYTES * FRAME_BYTES
            rest = data[whole:]
            self._keep(time.monotonic() * 1000, np.frombuffer(data[:whole], np.float32).reshape(-1, 2))

    def _keep(self, at_ms, samples):
        """Samples, the last of which was heard at_ms."""
        self._pieces.append((at_ms, samples))

    def whole(self):
        """All samples so far."""
        return np.concatenate([samples for _, samples in list(self._pieces)])

    def last(self, frames=RATE_HZ // 10):
        """The latest samples, and when the last of them was heard, in ms of CLOCK_MONOTONIC."""
        pieces = list(self._pieces)
        samples = np.concatenate([samples for _, samples in pieces[-frames:]] or [np.zeros((0, 2), np.float32)])
        return samples[-frames:], pieces[-1][0] if pieces else 0.0

    def stop(self):
        """End it, if it has not ended with its device."""
        self._process.kill()
        self._process.wait(10)
        self._thread.join(10)
        self._process.stdout.close()
        self._process.stderr.close()
