"""Where the links of a page lead."""

from urllib.parse import quote


def links_of(client, path):
    """Where the page's text leads: addresses in the wiki, and what is not written yet."""
    text = client.get(f"/wiki/{quote(path)}").text
    body = text.partition('class="prose')[2] or text
    return [piece.partition('"')[0] for piece in body.split('class="wikilink" href="')[1:]], (
        body.count('class="wikilink missing"')
    )
