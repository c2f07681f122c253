"""The pagers: whether each that needs a plugin has it. Whether one reaches somebody, `guideplayer call test` shows."""

from collections.abc import Sequence

from guideplayer.doctor.finding import Finding, bad, good
from guideplayer.pager.plugin import PluginError, plugin_named
from guideplayer.pager.services import Service


def pagers(services: Sequence[Service]) -> Finding:
    """Whether calls that nobody answers go further, as far as the settings tell."""
    for service in services:
        try:
            if service.plugin:
                plugin_named(service.plugin)
        except PluginError as error:
            fix = "Install the package that has it, or write its name as that package does."
            return bad("pagers", f"“{service.name}” cannot be told of a call. {error}", fix)
    if not services:
        return good("pagers", "The settings name none: a call that no desk answers goes to nobody else.")
    return good("pagers", f"A call that no desk answers goes to {', '.join(one.name for one in services)}.")
