"""Uploaded logos: what is kept of them, and what is refused with what to do about it."""

import base64
import struct
import time
import zlib
from io import BytesIO
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo_members import logos, model
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 64), mode: str = "RGB", **how: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, how.pop("colour", "#31487f")).save(out, kind, **how)
    return out.getvalue()


def drawing(inside: str, root: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} viewBox="0 0 10 10" {root}>{inside}</svg>'.encode()


def kept(data: bytes) -> model.Logo:
    return logos.kept("c1", base64.b64encode(data).decode())


def said_to_be(width: int, height: int) -> bytes:
    """A small PNG that says it is this large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return logos.PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


def file(logo: model.Logo) -> bytes:
    return base64.b64decode(logo.data)


RECT = '<rect width="9" height="9" fill="#31487f"/>'
DEEP = "<g>" * 70_000 + RECT + "</g>" * 70_000
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "logo_wrong_kind"),
    "a text": (b"logo", "logo_wrong_kind"),
    "a GIF": (picture("GIF"), "logo_wrong_kind"),
    "a page": (b"<html><script>alert(1)</script></html>", "logo_unreadable"),
    "a page that says it is one": (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "logo_unreadable"),
    "a PNG that breaks off": (picture(colour="red", size=(900, 900))[:300], "logo_unreadable"),
    "a JPEG that is none": (b"\xff\xd8\xff\xe0" + b"x" * 90, "logo_unreadable"),
    "a bomb of pixels": (said_to_be(60_000, 60_000), "logo_too_many_pixels"),
    "one pixel row too many": (picture(size=(2000, 2001)), "logo_too_many_pixels"),
    "more than 500 kB": (picture() + b"\0" * contract.LOGO_BYTES, "logo_too_large"),
    "a drawing of nothing": (drawing("<g/>"), "logo_unreadable"),
    "a drawing without its namespace": (b"<svg><rect/></svg>", "logo_unreadable"),
    "a drawing that breaks off": (drawing(RECT)[:-4], "logo_unreadable"),
    "a drawing of 70,000 groups in each other": (drawing(DEEP), "logo_too_complex"),
    "a drawing of too many parts": (drawing("<g/>" * 4001), "logo_too_complex"),
    "entities that multiply": (b"<!DOCTYPE svg [<!ENTITY a0 'ha'>" + LAUGHS.encode() + b"]>" + drawing("&a9;"), ""),
    "a file of the machine": (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + drawing("&x;"), ""),
    "a style sheet": (drawing("<style>@import url(//evil.example/a.css);</style>" + RECT), "logo_not_plain"),
    "a picture from elsewhere": (drawing('<image href="https://evil.example/a.png"/>' + RECT), "logo_not_plain"),
    "a part of another drawing": (drawing('<use xlink:href="//evil.example/a.svg#b"/>' + RECT), "logo_not_plain"),
    "a link": (drawing(f'<a xlink:href="javascript:alert(1)">{RECT}</a>'), "logo_not_plain"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_logo_is_refused_before_it_costs_anything(what: str) -> None:
    data, code = REFUSED[what]
    began = time.process_time()
    with pytest.raises(Refused) as no:
        kept(data)
    assert time.process_time() - began < 2
    assert no.value.code == (code or "logo_unreadable")
    assert ". " in no.value.detail or what in ("nothing", "a text", "a GIF"), "says what to do"


def test_what_is_not_in_base64_is_refused() -> None:
    with pytest.raises(Refused, match="logo_unreadable"):
        logos.kept("c1", "% ÷")


@pytest.mark.parametrize(("kind", "ending"), [("PNG", ".png"), ("JPEG", ".jpg")])
def test_a_picture_is_made_anew_from_its_pixels_and_small(kind: str, ending: str) -> None:
    note = PngInfo()
    note.add_text("Comment", "SECRET-TEXT", zip=False)
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    how = {"pnginfo": note} if kind == "PNG" else {"exif": exif, "comment": b"SECRET-TEXT"}
    data = picture(kind, (1200, 600), **how)
    assert b"SECRET" in data
    logo = kept(data + b"<script>SECRET</script>")
    assert b"SECRET" not in file(logo)
    assert logo.name.endswith(ending)
    with Image.open(BytesIO(file(logo))) as made:
        assert (made.format, made.size) == (kind, (320, 160))
    assert kept(data).name == logo.name, "the same pixels have the same name"
    assert kept(picture(kind, colour="#b8401f")).name != logo.name


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "L"])
def test_every_kind_of_pixels_is_taken_and_the_largest_logo_stays_within_its_bound(mode: str) -> None:
    noise = Image.effect_noise((500, 500), 120)
    out = BytesIO()
    (Image.merge("RGBA", [noise] * 4) if mode == "RGBA" else noise.convert(mode)).save(out, "PNG")
    logo = kept(out.getvalue()) if len(out.getvalue()) <= contract.LOGO_BYTES else kept(picture(mode=mode, colour=0))
    assert logo.kind == "image/png"
    assert 0 < len(file(logo)) < contract.LOGO_BYTES


MARKUP: dict[str, str] = {
    "a script": "<script>alert(1)</script>",
    "a script by its link": '<script xlink:href="//evil.example/a.js"/>',
    "an event": '<rect width="1" height="1" onload="alert(1)" onclick="alert(1)"/>',
    "HTML": '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)">evil</b></foreignObject>',
    "an animation that adds an event": '<set attributeName="onload" to="alert(1)"/><animate values="evil"/>',
    "a fill from elsewhere": '<rect width="1" height="1" fill="url(https://evil.example/a#b)"/>',
    "a fill from elsewhere in a style": '<rect width="1" height="1" style="fill:url(//evil.example/a);x:alert(1)"/>',
    "an address in escapes": '<rect width="1" height="1" style="fill:\\75rl(//evil.example/a)" fill="u\\72l(evil:)"/>',
    "an address in capitals": "<path d='M0 0h1' mask='URL( \"//evil.example/#a\" )' clip-path='URL(evil:#a)'/>",
    "a gradient from elsewhere": '<linearGradient id="g" xlink:href="https://evil.example/a#b"/>',
    "words for machines": "<metadata><evil/></metadata><desc>evil</desc><title>alert(1)</title>",
    "another namespace": '<x:evil xmlns:x="urn:evil" x:a="alert(1)"><x:b/></x:evil>',
    "an instruction": '<?xml-stylesheet href="//evil.example/a.css"?><!-- alert(1) -->',
    "clips within clips": '<clipPath id="c"><rect clip-path="url(#evil)" width="1" height="1"/></clipPath>',
    "text beside shapes": "evil <g>alert(1)</g>",
}


@pytest.mark.parametrize("what", MARKUP)
def test_markup_in_a_drawing_does_not_get_through(what: str) -> None:
    logo = kept(drawing(MARKUP[what] + RECT, root="onload='alert(1)' style='background:url(//evil.example/)'"))
    assert logo.kind == "image/svg+xml"
    for word in (b"evil", b"alert", b"script", b"javascript", b"<?", b"<!--", b"\\"):
        assert word not in file(logo).lower()
    assert b'fill="#31487f"' in file(logo), "what is harmless stays"


def test_a_harmless_drawing_looks_as_before() -> None:
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#31487f"/></linearGradient>'
        '<linearGradient id="h" xlink:href="#g" gradientTransform="rotate(45)"/></defs>'
        '<g transform="translate(1 2) scale(.5)"><path d="M1 1h8v8z" style="fill: url(#h); stroke-width:.5px"/></g>'
        '<text x="1" y="9" font-family="\'Noto Sans\', sans-serif">越境 &amp; &lt;b&gt;</text>'
    )
    logo = kept(b"\xef\xbb\xbf<?xml version='1.0'?><!DOCTYPE svg>\n" + drawing(inside, 'width="100%" height="20"'))
    text = file(logo).decode()
    for part in (
        'viewBox="0 0 10 10"',
        'width="100%"',
        'href="#g"',
        'fill="url(#h)"',
        'stroke-width=".5px"',
        'transform="translate(1 2) scale(.5)"',
        "越境 &amp; &lt;b&gt;</text>",
    ):
        assert part in text
    assert kept(file(logo)) == logo, "a logo that was kept can be uploaded again"


def test_a_picture_has_a_small_one_beside_it_for_mails_and_a_drawing_has_none() -> None:
    noise = BytesIO()
    Image.effect_noise((640, 320), 120).convert("RGB").save(noise, "JPEG")
    small = base64.b64decode(kept(noise.getvalue()).small)
    with Image.open(BytesIO(small)) as seen:
        assert (seen.format, seen.size) == ("PNG", (96, 48))
    assert len(small) < 8_000, "it goes along with each mail"
    assert kept(drawing(RECT)).small == ""
