"""The widths in which pictures are stored. Pure."""

THUMBNAIL_WIDTH = 320  # pixels
# Pixels; for a phone, and for the text column on a high-density screen.
WIDTHS = (THUMBNAIL_WIDTH, 640, 1280)
# Pixels; browsers scale pictures down to this before upload, but the wiki accepts more.
MAX_SENT_SIDE = 2 * WIDTHS[-1]


def thumbnail_widths(width: int, *, is_animated: bool = False) -> tuple[int, ...]:
    """The widths of the variants of a picture that is `width` pixels wide, smallest first.

    Includes the picture’s own width if it is not too large: newer formats are smaller at the same
    width. An animation only gets a still thumbnail, for lists.
    """
    limits = WIDTHS[:1] if is_animated else WIDTHS
    below = tuple(limit for limit in limits if limit < width)
    return (*below, width) if width <= limits[-1] else below
