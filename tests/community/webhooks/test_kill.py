"""A process that posts is killed while the receiver has the message."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import time_machine

from tests.community.run_notifier import notify
from tests.community.webhooks.conftest import BASE_URL, Posting
from tests.databases import KEY
from tests.optional_resources import ROOT
from wiki.app_state import settings_of
from wiki.community.webhooks.models import DeliveryState, Format
from wiki.community.webhooks.sending.queue import LEASE
from wiki.community.webhooks.sending.sender import send_all

PATIENCE = 60.0  # seconds
PROGRAM = """
from datetime import timedelta

from wiki import create_app
from wiki.community.webhooks.sending import queue, sender

queue.BATCH_TIME = timedelta()
with create_app().app_context():
    sender.send_all()
"""


def test_killed_in_the_midst_the_message_comes_again_the_same(make_app, receiver):
    app = make_app(base_url=BASE_URL, webhook_hosts=receiver.hosts)
    posting = Posting(app, receiver, clock=None)
    posting.add(Format.JSON)
    posting.write("redis")
    notify(app)
    receiver.answers.append(lambda handler: handler.rfile.read(1))  # for ever
    environment = {
        **os.environ,
        "NEXUS_INSTANCE": str(settings_of(app).instance),
        "NEXUS_DATABASE_URL": settings_of(app).database_url,
        "NEXUS_SECRET_KEY": KEY,
        "NEXUS_BASE_URL": BASE_URL,
        "NEXUS_WEBHOOK_HOSTS": receiver.base,
    }
    sender = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT)
    until = time.monotonic() + PATIENCE
    while not receiver.received:
        assert time.monotonic() < until
        assert sender.poll() is None
        time.sleep(0.02)
    sender.kill()
    sender.wait()
    with app.app_context():
        assert send_all() == 0  # it may still be at it
        with time_machine.travel(time.time() + (LEASE + timedelta(seconds=1)).total_seconds()):
            assert send_all() == 1
            assert send_all() == 0
    one, other = receiver.received
    assert one.headers["webhook-id"] == other.headers["webhook-id"]
    assert one.json["data"] == other.json["data"]
    assert posting.only_delivery().state == DeliveryState.SENT
