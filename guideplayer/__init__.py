"""guideplayer: calm narration and soft pictures over an infusion, with a pause that calls staff."""
