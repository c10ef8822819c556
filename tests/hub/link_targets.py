"""Where the links of a page lead."""

from urllib.parse import quote


def links_of(client, path):
    """The targets of the page's links: addresses in the wiki, and unwritten pages."""
    text = client.get(f"/wiki/{quote(path)}").text
    body = text.partition('class="prose')[2] or text
    return [piece.partition('"')[0] for piece in body.split('class="wikilink" href="')[1:]], (
        body.count('class="wikilink missing"')
    )
