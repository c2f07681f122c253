"""Lint: what a script that reads well may still do to someone who lies under ketamine and cannot turn it off.

Each rule looks at the script as a `Subject` of parts and lines and gives findings; a finding is a warning, and a script
may allow it with a reason. `findings_of` is all of it, and pure.
"""

from collections.abc import Callable, Iterable, Iterator

from guideplayer.authoring.lint import flow, lines, senses
from guideplayer.authoring.lint.allowed import without_allowed
from guideplayer.authoring.lint.subject import Finding, Subject
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.records import Record
from guideplayer.authoring.sheet import Sheet
from guideplayer.core.script import Script

Rule = Callable[[Subject], Iterable[Finding]]

RULES: tuple[Rule, ...] = (*lines.RULES, *flow.RULES, *senses.RULES)


def findings_of(subject: Subject) -> Iterator[Finding]:
    """Everything that the rules find."""
    for rule in RULES:
        yield from rule(subject)


def lint(script: Script, record: Record, sheet: Sheet) -> None:
    """Report every finding that the script does not allow as a warning."""
    subject = Subject.of(script, record)
    for finding in without_allowed(tuple(findings_of(subject)), record):
        sheet.report(finding.code, finding.place, finding.sentence, finding.suggestion, Severity.WARNING)
