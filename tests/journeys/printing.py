"""The report as a browser prints it."""

import re
from datetime import UTC, datetime

from ekkyo.contracts.members import Locale
from ekkyo.contracts.reports import Period
from ekkyo.report import department_page, page
from ekkyo_common.report import figures_of
from ekkyo_common.report.departments import department_report
from playwright.async_api import BrowserContext

from tests.common.season import season
from tests.common.test_report_periods import gathered

QUARTER = Period.read("2024-Q3")
NOW = datetime(2024, 12, 1, tzinfo=UTC)
INSIDE = 703
"""CSS pixels between the margins of A4."""
RIGHTMOST = "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right))"


async def cut_off(browser: BrowserContext) -> list[str]:
    """What is wrong with a community's and a department's report on A4, in both languages."""
    report = figures_of(gathered(season(), QUARTER), QUARTER)
    report = report.model_copy(update={"totals": report.totals.model_copy(update={"late_cancellations": 3})})
    apart = department_report(season(), "製造部", QUARTER, now=NOW)
    languages: tuple[Locale, Locale] = ("en", "ja")
    pages = {f"report in {one}": page(report, made_at=NOW, locale=one) for one in languages}
    pages |= {f"department's report in {one}": department_page(apart, made_at=NOW, locale=one) for one in languages}
    shown = await browser.new_page()
    await shown.set_viewport_size({"width": INSIDE, "height": 1000})
    await shown.emulate_media(media="print")
    wrong = []
    for name, text in pages.items():
        await shown.set_content(text)
        wide = await shown.evaluate(RIGHTMOST)
        file = await shown.pdf(prefer_css_page_size=True)
        sheets = re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", file)
        sizes = {(round(float(width)), round(float(height))) for width, height in sheets}
        if wide > INSIDE:
            wrong.append(f"{wide - INSIDE} px of the {name} are cut off on paper")
        if sizes != {(595, 842)}:
            wrong.append(f"the {name} is printed on {sizes}, not on A4")
        if len(sheets) > 4:
            wrong.append(f"the {name} has {len(sheets)} pages")
    return wrong
