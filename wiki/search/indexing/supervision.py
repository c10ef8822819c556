"""What the supervisor needs to know about the indexer."""

from wiki.processes.supervisor import SupervisedProcess
from wiki.search.index.index_folder import search_folder
from wiki.search.indexing import index_lock

INDEXER = SupervisedProcess(
    "search indexer", ("search", "follow"), lambda app: index_lock.acquire(search_folder(app))
)
