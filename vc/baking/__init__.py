"""Credentials baked into pictures: put in, found and taken out, with every other byte left as it was.

forms     which standards bake, and what is found          png       one iTXt chunk in a PNG
faults    what can be wrong with a baked picture           svg       one element in an SVG

The laws: ``unbake(bake(picture, credential))`` is the credential, byte for byte, and ``remove(bake(picture))`` is the
picture, byte for byte. A picture holds one credential or none: of several, two programs could choose differently.
What this package does not do: it judges no credential, decodes no pixel and draws nothing.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#baked-badge, https://www.imsglobal.org/spec/ob/v2p0/baking/,
https://www.imsglobal.org/spec/clr/v2p0/#baked-clr
"""

from vc.baking.faults import BakingError, BakingFault
from vc.baking.forms import MAX_BAKED_BYTES, MAX_PICTURE_BYTES, Baked, Standard
from vc.baking.png import bake_png, remove_png, unbake_png
from vc.baking.svg import bake_svg, remove_svg, unbake_svg

__all__ = [
    "MAX_BAKED_BYTES",
    "MAX_PICTURE_BYTES",
    "Baked",
    "BakingError",
    "BakingFault",
    "Standard",
    "bake_png",
    "bake_svg",
    "remove_png",
    "remove_svg",
    "unbake_png",
    "unbake_svg",
]
