"""In which widths a picture is kept. Pure: who makes them and who offers them agree here."""

THUMBNAIL_WIDTH = 320  # pixels
WIDTHS = (
    THUMBNAIL_WIDTH,
    640,
    1280,
)  # pixels; a telephone, the measure of a text at twice its width
MAX_SENT_SIDE = 2 * WIDTHS[-1]  # pixels each way of what browsers send; the wiki takes more


def thumbnail_widths(width: int, *, is_animated: bool = False) -> tuple[int, ...]:
    """Widths of the smaller pictures made of one `width` wide, the smallest first.

    Its own is among them when it is near: in a newer format that is smaller too. Of what moves
    there is a still one for lists, and none that could stand in its place.
    """
    limits = WIDTHS[:1] if is_animated else WIDTHS
    below = tuple(limit for limit in limits if limit < width)
    return (*below, width) if width <= limits[-1] else below
