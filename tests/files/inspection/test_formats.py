"""Every mode of every format looks unchanged, and animations stay animated."""

import io

import pytest
from PIL import Image

from wiki.files.inspection.pictures import inspect_picture

TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}
PLACES = (0, 40, 128, 200, 255)


@pytest.fixture
def redrawn(tmp_path):
    """Call it with a picture and how to save it; returns the stored picture."""

    def redrawn(image, form, **options):
        source, folder = tmp_path / "sent", tmp_path / "made"
        folder.mkdir(exist_ok=True)
        image.save(source, form, **options)
        report = inspect_picture(source, TYPES[form], folder)
        with open(report.file, "rb") as file:
            return report, Image.open(io.BytesIO(file.read()))

    return redrawn


def ramp(mode, factor=1):
    """A row from black to white, 256 pixels wide and 8 high."""
    image = Image.new(mode, (256, 8))
    image.putdata([x * factor for _ in range(8) for x in range(256)])
    return image


def greys(image):
    shown = image.convert("RGBA").convert("L")
    return [shown.getpixel((x, 4)) for x in PLACES]


MODES = {
    "PNG": ["L", "LA", "P", "RGB", "RGBA"],
    "JPEG": ["L", "RGB", "CMYK"],
    "GIF": ["L", "P", "RGB", "RGBA"],
    "WEBP": ["L", "P", "RGB", "RGBA"],
    "AVIF": ["L", "P", "RGB", "RGBA"],
}


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form in MODES for mode in MODES[form]])
def test_greys_stay_what_they_were(redrawn, form, mode):
    image = ramp("L").convert("RGB").convert(mode)
    target = io.BytesIO()
    image.save(target, form)
    expected = greys(Image.open(target))
    _, stored = redrawn(image, form)
    assert greys(stored) == pytest.approx(expected, abs=6)


def test_sixteen_bits_are_scaled_to_eight(redrawn):
    _, stored = redrawn(ramp("I;16", 257), "PNG")
    assert greys(stored) == list(PLACES)


def test_a_fine_grey_that_is_clear_stays_the_only_one(redrawn):
    _, stored = redrawn(ramp("I;16", 257), "PNG", transparency=128 * 257)
    alpha = stored.convert("RGBA").getchannel("A")
    assert [alpha.getpixel((x, 4)) for x in (127, 128, 129)] == [255, 0, 255]


COLOURS = [(255, 0, 0), (0, 128, 0), (0, 0, 255)]


def film():
    return [Image.new("RGBA", (60, 40), colour) for colour in COLOURS]


def seen(stored):
    """Of each frame its colour and its milliseconds."""
    frames = []
    for number in range(stored.n_frames):
        stored.seek(number)
        stored.load()
        frames.append((stored.convert("RGB").getpixel((5, 5)), stored.info["duration"]))
    return frames


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "AVIF"])
def test_what_moves_keeps_moving_at_its_pace(redrawn, form):
    first, *others = film()
    report, stored = redrawn(
        first, form, save_all=True, append_images=others, duration=[100, 200, 300]
    )
    assert report.is_animated
    colours, durations = zip(*seen(stored), strict=True)
    assert durations == (100, 200, 300)
    for colour, expected in zip(colours, COLOURS, strict=True):
        assert colour == pytest.approx(expected, abs=6)


def test_a_picture_for_who_shows_no_film_is_not_part_of_it(redrawn):
    first, *others = film()
    _, stored = redrawn(
        first, "PNG", save_all=True, append_images=others, duration=[200, 300], default_image=True
    )
    assert [colour for colour, _ in seen(stored)] == COLOURS[1:]


def test_a_film_of_few_colours_keeps_each_of_them(redrawn):
    greys_of_film = [ramp("L"), ramp("L").transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    _, stored = redrawn(
        greys_of_film[0], "GIF", save_all=True, append_images=greys_of_film[1:], duration=100
    )
    assert greys(stored) == list(PLACES)


@pytest.mark.parametrize(
    ("form", "clear"), [("PNG", 0), ("PNG", 1), ("GIF", 0), ("AVIF", 0), ("AVIF", 1)]
)
def test_a_film_may_be_clear_in_some_frames_alone(redrawn, form, clear):
    frames = film()[:2]
    frames[clear].paste((0, 0, 0, 0), (0, 0, 30, 40))
    _, stored = redrawn(
        frames[0], form, save_all=True, append_images=frames[1:], duration=100, disposal=1
    )
    stored.seek(clear)
    stored.load()
    alpha = stored.convert("RGBA").getchannel("A")
    assert [alpha.getpixel((x, 5)) for x in (5, 50)] == [0, 255]
