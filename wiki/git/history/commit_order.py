"""The order in which commits are imported, across all runs of an import."""

from dulwich.objects import ObjectID
from dulwich.repo import Repo

from wiki.git.history.commits import CommitLog
from wiki.git.history.import_record import ImportRecord
from wiki.git.history.pending_revisions import HistoryRewritten


def imported_and_new(
    repository: Repo, log: CommitLog, record: ImportRecord
) -> tuple[list[ObjectID], list[ObjectID]]:
    """The commits imported by earlier runs that the log has to read again, and the new ones.

    An interrupted run is finished in the order in which it started. Raises `HistoryRewritten`.
    """
    ids = log.ids()
    if not record.done:
        return [], ids
    tip = ObjectID(record.tip.encode())
    if tip not in set(ids):
        raise HistoryRewritten(record.tip)
    earlier = CommitLog(repository, tip, record.folder).ids()
    known = set(earlier)
    rest = [id_ for id_ in ids if id_ not in known]
    if record.done == record.tip:
        log.start_at(tip)
        return [], rest
    cut = earlier.index(ObjectID(record.done.encode())) + 1
    return earlier[:cut], [*earlier[cut:], *rest]
