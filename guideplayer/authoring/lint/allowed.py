"""What a script allows of what lint finds, each with its reason."""

from collections.abc import Iterator, Sequence

from guideplayer.authoring import shapes
from guideplayer.authoring.lint.subject import Finding
from guideplayer.authoring.records import Record
from guideplayer.authoring.words import quoted

# What depends on the narrator or the machine: a permission for it may be needed elsewhere.
DEPENDENT = frozenset({"hurried-line", "quick-caption", "no-font"})


def without_allowed(findings: Sequence[Finding], record: Record) -> Iterator[Finding]:
    """The findings that are not allowed, and one for each permission that allows nothing."""
    permissions = record.get(shapes.ALLOW) or ()
    used: set[int] = set()
    for finding in findings:
        granted = [number for number, permission in enumerate(permissions) if _allows(permission, finding)]
        used.update(granted)
        if not granted:
            yield finding
    for number, permission in enumerate(permissions):
        code = permission.get(shapes.ALLOWED_WARNING)
        if code and number not in used and code not in DEPENDENT:
            phase = permission.get(shapes.ALLOWED_PHASE)
            where = f" in {quoted(phase)}" if phase else ""
            sentence = f"there is no warning '{code}'{where} to allow: take this line away"
            yield Finding("needless-allow", permission.where(shapes.ALLOWED_WARNING), sentence)


def _allows(permission: Record, finding: Finding) -> bool:
    phase = permission.get(shapes.ALLOWED_PHASE)
    return permission.get(shapes.ALLOWED_WARNING) == finding.code and phase in (None, finding.part)
