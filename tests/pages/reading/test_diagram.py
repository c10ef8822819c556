"""The frame that draws diagrams can reach nothing."""


def test_the_frame_has_no_origin_and_the_page_may_only_frame_the_wiki(client, make_page):
    frame = client.get("/diagram")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-scripts;" in policy + ";"
    assert "allow-same-origin" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    make_page("drawn", text="```mermaid\ngraph TD; A-->B\n```")
    page = client.get("/wiki/drawn")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_modules_may_be_loaded_by_a_document_without_origin(client):
    for name in ("js/reading/diagram-frame.js", "vendor/mermaid/mermaid.esm.min.mjs"):
        response = client.get(f"/static/{name}")
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "javascript" in response.content_type
        response.close()
