"""Sending files: by the form and by the editor's script, one and several."""

from tests.files.sending import fetch, picture, send


def test_it_works(client_of):
    selam = client_of("selam")
    answer = send(selam, ("plan.png", picture()))
    assert answer.status_code == 303
    shown = selam.get(answer.location)
    assert "plan.png" in shown.text
    assert "40 × 30 pixels" in shown.text
    assert fetch(selam, "/files/1/plan.png").mimetype == "image/png"
