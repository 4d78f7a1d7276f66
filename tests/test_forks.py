"""A reader that was used goes on working in processes that are forked from it."""

import multiprocessing
import os
import signal
import threading
import time

import pytest

from warta.index.forking import Lock
from warta.index.search.retriever import Retriever

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
QUESTION = "Siapa juara Piala Gubernur 2026?"


@pytest.fixture
def retriever(samples_home):
    return Retriever.load(samples_home)


def ids(retriever):
    return [(hit.article.id, hit.passage.start) for hit in retriever.retrieve(QUESTION, k=3)]


def forked(work, seconds=20.0):
    """Run `work` in a forked child; return its exit code, or None where it hangs."""
    child = os.fork()
    if not child:
        try:
            os._exit(0 if work() else 1)
        except BaseException:
            os._exit(2)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def test_a_child_of_a_reader_that_was_asked_finds_the_same(retriever):
    before = ids(retriever)
    assert [forked(lambda: ids(retriever) == before) for _ in range(4)] == [0, 0, 0, 0]
    assert ids(retriever) == before  # and so does its parent, afterwards


def _asked(number):
    return ids(_shared[0])


_shared = []


def test_a_pool_that_multiprocessing_forks_answers(retriever):
    _shared[:] = [retriever]
    before = ids(retriever)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert pool.map_async(_asked, range(8)).get(timeout=60) == [before] * 8


def test_workers_of_a_server_that_loads_and_asks_first_and_forks_then_all_answer(samples_home):
    from warta.assistant.answering.assistant import Assistant

    assistant = Assistant.load(samples_home)
    said = assistant.answer(QUESTION).text

    def worker():
        asked = [assistant.answer(QUESTION).text for _ in range(3)]
        threads = [threading.Thread(target=assistant.answer, args=[QUESTION]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return asked == [said] * 3

    assert [forked(worker) for _ in range(3)] == [0, 0, 0]


def test_forks_while_other_threads_ask_leave_no_lock_behind(retriever):
    before = ids(retriever)
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            ids(retriever)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert [forked(lambda: ids(retriever) == before) for _ in range(10)] == [0] * 10
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_lock_held_where_the_fork_happens_stays_held_and_another_threads_is_free():
    own, foreign = Lock(), Lock()
    ready, done = threading.Event(), threading.Event()

    def hold():
        with foreign:
            ready.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    ready.wait()
    with own:
        assert forked(lambda: not own.acquire(blocking=False) and foreign.acquire(timeout=1)) == 0
    done.set()
    holder.join()
    assert own.acquire(blocking=False)


def test_a_child_searches_with_one_thread(retriever):
    import faiss

    ids(retriever)
    assert forked(lambda: faiss.omp_get_max_threads() == 1) == 0


def test_children_read_the_articles_beside_their_parent(retriever):
    view = retriever.view()
    texts = view._snapshot.texts
    parents = texts._db
    whole = [view.article(item.id) for item in view.recent(50)]

    def read():
        return texts._db is not parents and all(
            view.article(item.id) == item for _ in range(20) for item in whole
        )

    children = [threading.Thread(target=lambda: done.append(forked(read))) for _ in range(3)]
    done: list[int | None] = []
    for child in children:
        child.start()
    while any(child.is_alive() for child in children):
        assert all(view.article(item.id) == item for item in whole)
    assert done == [0, 0, 0]
    assert texts._db is parents
