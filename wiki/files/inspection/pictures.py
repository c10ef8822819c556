"""Raster pictures: re-encodes them, so that only pixels are kept, and makes smaller versions."""

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageCms, ImageOps, ImageSequence, JpegImagePlugin

from wiki.files.errors import FileRefused
from wiki.files.inspection.report import InspectionReport, Variant
from wiki.files.inspection.thumbnails import thumbnail_widths

PIXELS_LIMIT = 40_000_000  # of one frame; phone cameras take 12 to 50 million
ANIMATION_LIMIT = 120_000_000  # pixels of all frames; 200 of 800 × 600 are 96 million
FRAMES_LIMIT = 500
WHITE_16_BIT = 65_535  # the largest 16-bit value
SIDE_LIMIT = 16_383  # pixels; the maximum of WebP

# Pillow's options for animations, by format.
_ANIMATION_OPTIONS: dict[str, dict[str, Any]] = {
    "GIF": {"disposal": 2},
    "WEBP": {},
    "PNG": {},
    "AVIF": {"quality": 75, "speed": 10},
}
# Pillow's options for smaller versions: quality judged by eye on screenshots and photographs,
# speed measured.
_SMALLER: dict[str, dict[str, Any]] = {
    "image/webp": {"quality": 80, "method": 4},
    "image/avif": {"quality": 60, "speed": 9},
}
_PLAIN_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


def inspect_picture(source: Path, media_type: str, folder: Path) -> InspectionReport:
    """The picture re-encoded, upright, in sRGB, without metadata, and its smaller versions.

    Raises `FileRefused` (`too-many-pixels`, `damaged`) and what Pillow raises.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limits are checked before anything is decoded
    form = _format_of(media_type)
    with Image.open(source, formats=[form]) as opened:
        _check(opened)
        target = folder / "picture"
        is_animated = form in _ANIMATION_OPTIONS and getattr(opened, "n_frames", 1) > 1
        draw = _animation if is_animated else _still
        picture = draw(opened, target, form)
    variants = _smaller(picture, folder, thumbnail_widths(picture.width, is_animated=is_animated))
    return InspectionReport(
        media_type,
        str(target),
        width=picture.width,
        height=picture.height,
        is_animated=is_animated,
        variants=variants,
    )


def _format_of(media_type: str) -> str:
    """Pillow’s name of the format: `PNG` for `image/png`."""
    return media_type.removeprefix("image/").upper()


def _check(opened: Image.Image) -> None:
    width, height = opened.size
    if not (0 < width <= SIDE_LIMIT and 0 < height <= SIDE_LIMIT) or width * height > PIXELS_LIMIT:
        raise FileRefused("too-many-pixels")
    # Counting the frames of a GIF reads through all of them, without decoding.
    frames = getattr(opened, "n_frames", 1)
    if frames > 1 and (frames > FRAMES_LIMIT or frames * width * height > ANIMATION_LIMIT):
        raise FileRefused("too-many-pixels")


def _still(opened: Image.Image, target: Path, form: str) -> Image.Image:
    opened.load()
    options = _options(opened, form)
    picture = _in_srgb(_eight_bit(_upright(opened)))
    transparency = picture.info.get("transparency")
    # Everything else in there is text from the author or the camera.
    picture.info = {} if transparency is None else {"transparency": transparency}
    picture.save(target, format=form, **options)
    return picture


def _upright(opened: Image.Image) -> Image.Image:
    """The picture rotated as its EXIF orientation says."""
    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # a picture with broken EXIF is still usable
        return opened


def _options(opened: Image.Image, form: str) -> dict[str, Any]:
    """Pillow’s options for writing the picture so that it looks the same."""
    if form == "JPEG":
        if opened.mode not in ("L", "RGB"):
            return {"quality": 92}
        sampling = JpegImagePlugin.get_sampling(opened)
        tables = getattr(opened, "quantization", None)
        kept = {"qtables": tables, "subsampling": sampling} if tables and sampling >= 0 else {}
        return kept or {"quality": 92}
    if form == "WEBP":
        return {"quality": 90, "method": 4}
    if form == "AVIF":
        return {"quality": 80, "speed": 7}
    return {}


def _eight_bit(picture: Image.Image) -> Image.Image:
    """A 16-bit or 32-bit greyscale picture converted to 8 bits.

    Values are scaled, since Pillow’s conversion would turn everything above 255 white.
    """
    if not picture.mode.startswith(("I", "F")):
        return picture
    low, high = 0.0, float(WHITE_16_BIT)
    if not picture.mode.startswith("I;16"):
        darkest, brightest = cast("tuple[float, float]", picture.convert("F").getextrema())
        low, high = min(low, darkest), max(brightest, 1.0)
        high = WHITE_16_BIT if 255 < high <= WHITE_16_BIT and not low else high
    scale = 255 / (high - low)
    grey = picture.convert("F").point(lambda value: value * scale + (0.5 - low * scale))
    shown = grey.convert("L")
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        # One 16-bit value is transparent; with 8 bits its neighbours would become so, too.
        exact = picture.convert("F").point(lambda value: value * 1.0 + (1 - clear))
        mask = exact.convert("L").point([255, 0, *[255] * 254])
        shown = Image.merge("LA", (shown, mask))
    shown.info = {name: value for name, value in picture.info.items() if name != "transparency"}
    return shown


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The picture in sRGB, in a mode that every format supports."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, own, srgb, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # an unreadable profile is ignored
        if converted is not None:
            return converted
    if picture.mode in _PLAIN_MODES:
        return picture
    has_alpha = picture.mode in ("PA", "La", "RGBa")
    return picture.convert("RGBA" if has_alpha else "RGB")


def _animation(opened: Image.Image, target: Path, form: str) -> Image.Image:
    """Re-encode all frames, a few in memory at a time; returns the first frame."""
    loop = opened.info.get("loop", None if form == "GIF" else 0)
    options = dict(_ANIMATION_OPTIONS[form])
    if loop is not None and form != "AVIF":
        options["loop"] = loop
    source = Path(opened.filename)  # type: ignore[attr-defined]  # the picture was opened by its name
    first = next(iter(_Frames(source, form)))
    durations = [frame.info["duration"] for frame in _Frames(source, form)]
    rest = _Frames(source, form, begin=1)
    first.save(
        target, format=form, save_all=True, append_images=rest, duration=durations, **options
    )
    return first


class _Frames:
    """The frames of an animation from `begin` on, which can be iterated repeatedly.

    Each has its pixels and its duration in milliseconds. The file is reread each time, since not
    every format can be rewound.
    """

    def __init__(self, source: Path, form: str, begin: int = 0) -> None:
        self._source, self._form, self._begin = source, form, begin

    def __iter__(self) -> Iterator[Image.Image]:
        with Image.open(self._source, formats=[self._form]) as opened:
            # The first picture of an animated PNG may be a fallback outside of the animation.
            begin = self._begin + (1 if opened.info.get("default_image") else 0)
            for frame in islice(ImageSequence.Iterator(opened), begin, None):
                bare = _bare(frame, self._form)
                # Known once the pixels are read; a frame without a duration is shown for 0.1 s.
                bare.info = {"duration": frame.info.get("duration") or 100}
                yield bare


def _bare(frame: Image.Image, form: str) -> Image.Image:
    """The pixels of a frame, in the mode in which all frames of the animation are saved."""
    bare = _eight_bit(frame).convert("RGBA")
    # The 256 colours of a GIF are chosen well only if none has to be transparent.
    is_opaque = form == "GIF" and bare.getchannel("A").getextrema() == (255, 255)
    return bare.convert("RGB") if is_opaque else bare


def _smaller(picture: Image.Image, folder: Path, widths: Sequence[int]) -> tuple[Variant, ...]:
    """The picture in each of `widths`, in every newer format."""
    colours = "RGBA" if picture.has_transparency_data else "RGB"
    whole = picture if picture.mode == colours else picture.convert(colours)
    made = []
    # From the largest down: each is made from the one before, which is quicker and as good.
    for width in reversed(widths):
        height = max(1, round(picture.height * width / picture.width))
        if (width, height) != whole.size:
            whole = whole.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for media_type, options in _SMALLER.items():
            form = _format_of(media_type)
            file = folder / f"{width}.{form.lower()}"
            whole.save(file, format=form, **options)
            made.append(Variant(width, media_type, str(file)))
    return tuple(made)
