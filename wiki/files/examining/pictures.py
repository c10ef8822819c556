"""Pictures of pixels: drawn anew, so that nothing but pixels is left, and in smaller sizes."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence, JpegImagePlugin

from wiki.files.examining.report import Report, Unfit, Variant
from wiki.files.sizes import smaller_widths

PIXELS_LIMIT = 40_000_000  # of one frame; a camera of a telephone makes 12 to 50 million
ANIMATION_LIMIT = 120_000_000  # pixels of all frames; 200 of 800 × 600 are 96 million
FRAMES_LIMIT = 500
SIDE_LIMIT = 16_383  # pixels; what WebP can hold

_FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}
_ANIMATED = ("GIF", "WEBP")
# How the smaller ones are written: quality by eye on screenshots and photographs, speed by clock.
_SMALLER: dict[str, dict[str, Any]] = {
    "image/webp": {"quality": 80, "method": 4},
    "image/avif": {"quality": 60, "speed": 9},
}
_PLAIN_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


def examine_picture(source: Path, media_type: str, folder: Path) -> Report:
    """The picture drawn anew, upright, in sRGB, without metadata, and its smaller sizes.

    Raises `Unfit`: `too-many-pixels`, `damaged`; also what Pillow raises for broken files.
    """
    Image.MAX_IMAGE_PIXELS = None  # ours are checked before anything is decoded
    form = _FORMATS[media_type]
    with Image.open(source, formats=[form]) as opened:
        _check(opened)
        target = folder / "picture"
        is_animated = form in _ANIMATED and getattr(opened, "n_frames", 1) > 1
        draw = _animation if is_animated else _still
        picture = draw(opened, target, form)
    variants = _smaller(picture, folder, smaller_widths(picture.width, is_animated=is_animated))
    return Report(
        media_type,
        str(target),
        width=picture.width,
        height=picture.height,
        is_animated=is_animated,
        variants=variants,
    )


def _check(opened: Image.Image) -> None:
    width, height = opened.size
    if not (0 < width <= SIDE_LIMIT and 0 < height <= SIDE_LIMIT) or width * height > PIXELS_LIMIT:
        raise Unfit("too-many-pixels")
    # Counting the frames of a GIF reads through all of them, without decoding.
    frames = getattr(opened, "n_frames", 1)
    if frames > 1 and (frames > FRAMES_LIMIT or frames * width * height > ANIMATION_LIMIT):
        raise Unfit("too-many-pixels")


def _still(opened: Image.Image, target: Path, form: str) -> Image.Image:
    opened.load()
    options = _options(opened, form)
    picture = _in_srgb(_upright(opened))
    transparency = picture.info.get("transparency")
    # Everything else in there is text of the author's or of the camera's.
    picture.info = {} if transparency is None else {"transparency": transparency}
    picture.save(target, format=form, **options)
    return picture


def _upright(opened: Image.Image) -> Image.Image:
    """The picture as its camera was held."""
    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # what isn't EXIF tells nothing of the camera, and harms no picture
        return opened


def _options(opened: Image.Image, form: str) -> dict[str, Any]:
    """How to write the picture so that it looks as it did."""
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


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The picture in a mode that every format knows, its colours as browsers mean them."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, own, srgb, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile nobody can read changes nothing
        if converted is not None:
            return converted
    if picture.mode in _PLAIN_MODES:
        return picture
    has_alpha = picture.mode in ("PA", "La", "RGBa")
    return picture.convert("RGBA" if has_alpha else "RGB")


def _animation(opened: Image.Image, target: Path, form: str) -> Image.Image:
    """Write all frames anew, one in memory at a time; gives the first one."""
    durations = [frame.info.get("duration") or 100 for frame in ImageSequence.Iterator(opened)]
    loop = opened.info.get("loop", 0 if form == "WEBP" else None)
    options: dict[str, Any] = {} if loop is None else {"loop": loop}
    if form == "GIF":
        options["disposal"] = 2
    frames = _frames(opened)
    first = next(frames)
    first.save(
        target, format=form, save_all=True, append_images=frames, duration=durations, **options
    )
    return first


def _frames(opened: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(opened):
        bare = frame.convert("RGBA")
        bare.info = {}
        yield bare


def _smaller(picture: Image.Image, folder: Path, widths: Sequence[int]) -> tuple[Variant, ...]:
    """The picture in each of `widths`, in every newer format."""
    colours = "RGBA" if picture.has_transparency_data else "RGB"
    whole = picture if picture.mode == colours else picture.convert(colours)
    made = []
    # From the largest down: each is made of the one before, which is quicker and as good.
    for width in reversed(widths):
        height = max(1, round(picture.height * width / picture.width))
        if (width, height) != whole.size:
            whole = whole.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for media_type, options in _SMALLER.items():
            file = folder / f"{width}.{_FORMATS[media_type].lower()}"
            whole.save(file, format=_FORMATS[media_type], **options)
            made.append(Variant(width, media_type, str(file)))
    return tuple(made)
