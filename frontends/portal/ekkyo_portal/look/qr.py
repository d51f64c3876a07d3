"""QR codes on pages."""

import io

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """A QR code as SVG, in black on white in dark pages, too: scanners expect that."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True, omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704 - segno writes numbers alone
