"""QR codes in pictures, read by the decoder that the desk's page has (jsQR), as a camera would see them."""

import io
import json
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.needing import needed

JSQR = Path(__file__).parents[2] / "frontends/portal/ekkyo_portal/look/static/jsqr.js"
READ = """
const found = require(process.argv[1]), decode = found.default ?? found;
const pictures = JSON.parse(require("fs").readFileSync(0));
const read = ({ pixels, width, height }) => decode(new Uint8ClampedArray(Buffer.from(pixels, "base64")), width, height);
process.stdout.write(JSON.stringify(pictures.map((one) => read(one)?.data ?? null)));
"""


def scanned(*pictures: bytes, size: int | None = None) -> Sequence[str | None]:
    """What stands in the QR code of each PNG; None where none is seen. size: pixels in which a screen shows it."""
    seen = []
    for data in pictures:
        picture = Image.open(io.BytesIO(data)).convert("RGBA")
        if size:
            picture = picture.resize((size, size), Image.Resampling.BILINEAR)
        pixels = b64encode(picture.tobytes()).decode()
        seen.append({"pixels": pixels, "width": picture.width, "height": picture.height})
    node = needed("node", missing="QR codes are read with Node.js")
    command = [node, "-e", READ, str(JSQR)]
    done = subprocess.run(command, input=json.dumps(seen), capture_output=True, text=True, check=True)
    found: list[str | None] = json.loads(done.stdout)
    return found
