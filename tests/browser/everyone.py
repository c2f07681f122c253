"""What holds for everyone: no barrier that axe-core finds, nothing that runs out of the side, nothing untranslated."""

import json
import re
from pathlib import Path

from guideplayer.desk.page_files import PAGE_FOLDER
from tests.browser.nurse import Nurse

AXE = Path(__file__).with_name("axe") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
const [tags, done] = arguments;
axe.run(document, { runOnly: tags }).then(
  ({ violations }) => done(violations), (error) => done([{ id: String(error), nodes: [] }]));
"""
VISIBLE_TEXTS = """
const found = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode, home = node.parentElement;
  const shown = home.checkVisibility({ visibilityProperty: true }) && home.translate !== false;
  if (shown && /\\p{L}/u.test(node.data)) found.push(node.data.trim());
}
return found;
"""


def barriers(nurse: Nurse) -> list[str]:
    """What axe-core has to say of the page as it stands, each with the first place."""
    nurse.page.execute_script(AXE.read_text("utf-8"))
    # Colours on their way from one to another are none that anybody reads.
    nurse.page.execute_script(
        "for (const one of document.getAnimations()) if (one.effect.getTiming().iterations !== Infinity) one.finish();"
    )
    found = nurse.page.execute_async_script(RUN_AXE, RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'] if one['nodes'] else ''}" for one in found]


def too_wide(nurse: Nurse) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return nurse.page.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def untranslated(nurse: Nurse, own: set[str]) -> list[str]:
    """Visible texts that are neither Spanish from the catalogue nor somebody's `own` words."""
    catalogue: dict[str, str] = json.loads((PAGE_FOLDER / "es.json").read_text("utf-8"))
    spanish = [re.compile(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(text)), re.S) for text in catalogue.values()]
    texts = [text for text in nurse.page.execute_script(VISIBLE_TEXTS) if text not in own]
    return [text for text in texts if not any(one.fullmatch(text) for one in spanish)]
