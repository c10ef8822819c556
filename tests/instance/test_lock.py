"""Who may hold an instance at the same time."""

import pytest

from wiki.instance.lock import InstanceInUse, lock_exclusively, lock_shared


def test_servers_share_an_instance(tmp_path):
    with lock_shared(tmp_path), lock_shared(tmp_path):
        pass


def test_a_server_keeps_a_restore_out(tmp_path):
    with lock_shared(tmp_path), pytest.raises(InstanceInUse), lock_exclusively(tmp_path):
        pass
    with lock_exclusively(tmp_path):
        pass


def test_a_restore_keeps_servers_and_other_restores_out(tmp_path):
    with lock_exclusively(tmp_path):
        with pytest.raises(InstanceInUse), lock_shared(tmp_path):
            pass
        with pytest.raises(InstanceInUse), lock_exclusively(tmp_path):
            pass


def test_a_lock_ends_with_an_error_in_its_block(tmp_path):
    with pytest.raises(ZeroDivisionError), lock_exclusively(tmp_path):
        raise ZeroDivisionError
    with lock_exclusively(tmp_path):
        pass
