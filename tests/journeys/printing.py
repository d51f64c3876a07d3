"""The report as a browser prints it."""

import re
from datetime import UTC, datetime

from ekkyo.contracts.reports import Period
from ekkyo.report import page
from ekkyo_common.report import figures_of
from playwright.async_api import BrowserContext

from tests.common.season import season
from tests.common.test_report_periods import gathered

QUARTER = Period.read("2024-Q3")
INSIDE = 703
"""CSS pixels between the margins of A4."""
RIGHTMOST = "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right))"


async def cut_off(browser: BrowserContext) -> list[str]:
    """What is wrong with a report on A4, in English, whose words are wider in the columns of its tables."""
    report = figures_of(gathered(season(), QUARTER), QUARTER)
    report = report.model_copy(update={"totals": report.totals.model_copy(update={"late_cancellations": 3})})
    text = page(report, made_at=datetime(2024, 12, 1, tzinfo=UTC), locale="en")
    shown = await browser.new_page()
    await shown.set_viewport_size({"width": INSIDE, "height": 1000})
    await shown.emulate_media(media="print")
    await shown.set_content(text)
    wide = await shown.evaluate(RIGHTMOST)
    file = await shown.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", file)
    sizes = {(round(float(width)), round(float(height))) for width, height in sheets}
    return [
        *([f"{wide - INSIDE} px of the report are cut off on paper"] if wide > INSIDE else []),
        *([f"the report is printed on {sizes}, not on A4"] if sizes != {(595, 842)} else []),
        *([f"the report has {len(sheets)} pages"] if len(sheets) > 4 else []),
    ]
