"""One look: the pages, the reports and the mails have the colours and fonts of one table, and can be read."""

import re
from pathlib import Path

import pytest
from ekkyo.contracts.members import READABLE, contrast
from ekkyo.look import CHARTS, DARK, FONTS, HEADING, LIGHT

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "frontends/portal/ekkyo_portal/look/static/style.css"
KNOWN = {colour for palette in (LIGHT, DARK, CHARTS, HEADING) for colour in palette.values()} | {"#ffffff", "#000000"}
"""White and black are those of codes, pictures, and text on a community's own colour."""
KINDS = (".css", ".j2", ".html", ".svg")
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
SHADOW = re.compile(r"rgba?\((\d+) (\d+) (\d+)\b")
PAPER = [ROOT / "shared/ekkyo/report", ROOT / "services/notify/ekkyo_notify", ROOT / "frontends"]
DRAWN = [ROOT / "shared/ekkyo/report", ROOT / "frontends/portal/ekkyo_portal/look"]
"""Where Python draws, too."""


def colours(text: str) -> set[str]:
    told = [one.lower() for one in COLOUR.findall(text)]
    plain = {one if len(one) == 7 else "#" + "".join(digit * 2 for digit in one[1:]) for one in told}
    return plain | {"#" + "".join(f"{int(part):02x}" for part in parts) for parts in SHADOW.findall(text)}


def painted() -> list[Path]:
    found = [file for folder in PAPER for file in folder.rglob("*") if file.suffix in KINDS]
    found += [file for folder in DRAWN for file in folder.rglob("*.py")]
    return sorted(file for file in found if "explorer" not in file.parts)


def test_every_colour_is_one_of_the_table() -> None:
    strange = {
        f"{file.relative_to(ROOT)}: {colour}"
        for file in painted()
        for colour in colours(re.sub(r'"""(?:.|\n)*?"""', "", file.read_text())) - KNOWN
    }
    assert strange == set()
    assert len(painted()) > 100


def test_the_styles_of_the_portal_are_the_table() -> None:
    text = STYLES.read_text()
    for selector, palette in ((":root {", LIGHT), ("@media (prefers-color-scheme: dark) { :root {", DARK)):
        block = text.split(selector, 1)[1].split("}", 1)[0]
        told = dict(re.findall(r"--([\w-]+): ([^;]+);", block))
        assert {name: next(iter(colours(told[name]))) for name in palette} == dict(palette)
    assert f"--fonts: {FONTS};" in text


def test_every_text_has_the_fonts_of_the_table() -> None:
    found = [font for file in painted() for font in re.findall(r"font-family:\s*([^;]+?) ?[;}]", file.read_text())]
    assert {font.strip() for font in found} == {"var(--fonts)", "inherit", "{{ fonts"}


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_its_grounds(palette: dict[str, str]) -> None:
    texts = ("ink", "soft", "accent", "hot", "good", "warn")
    pairs = [(text, ground) for text in texts for ground in ("paper", "card", "raised")]
    pairs += [(text, f"{text}-soft") for text in texts[2:]] + [("accent-ink", "accent")]
    assert [pair for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < READABLE] == []
