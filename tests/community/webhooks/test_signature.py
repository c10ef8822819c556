"""Signatures: those of the standard's own tests."""

import base64

from wiki.community.webhooks.messages.signature import KEY_LENGTH, new_key, signature_headers

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIME, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_standard():
    headers = signature_headers([KEY], ID, TIME, BODY)
    assert headers["webhook-id"] == ID
    assert headers["webhook-timestamp"] == str(TIME)
    assert headers["webhook-signature"] == SIGNATURE


def test_while_a_key_is_replaced_there_are_two():
    other = new_key()
    signed = signature_headers([other, KEY], ID, TIME, BODY)["webhook-signature"].split(" ")
    assert len(signed) == 2
    assert signed[1] == SIGNATURE != signed[0]


def test_keys_are_random_and_long_enough():
    keys = {new_key() for _ in range(20)}
    assert len(keys) == 20
    assert {len(base64.b64decode(key.removeprefix("whsec_"))) for key in keys} == {KEY_LENGTH}
