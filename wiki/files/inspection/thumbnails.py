"""The widths in which a picture is stored, for what makes and what offers them. Pure."""

THUMBNAIL_WIDTH = 320  # pixels
# Pixels; a telephone, the measure of a text at twice its width.
WIDTHS = (THUMBNAIL_WIDTH, 640, 1280)
MAX_SENT_SIDE = 2 * WIDTHS[-1]  # pixels each way, to which browsers scale down; the wiki takes more


def thumbnail_widths(width: int, *, is_animated: bool = False) -> tuple[int, ...]:
    """The widths of the variants of a picture `width` pixels wide, the smallest first.

    Its own is among them if it is not too wide: newer formats are smaller at the same width. An
    animation has a still thumbnail for lists, and no variant that could replace it.
    """
    limits = WIDTHS[:1] if is_animated else WIDTHS
    below = tuple(limit for limit in limits if limit < width)
    return (*below, width) if width <= limits[-1] else below
