"""Designs that are right as long as nothing goes wrong, and nobody else is there."""

from __future__ import annotations

from tests.wrong.design import Design

__all__ = ["FAULTS"]

POWER = "tests/faults/test_power_loss.py -k updates"
SYNCED = "tests/faults/test_synced_before_commits.py -k every_committed"
ORDERS = "tests/faults/test_interleavings.py"
ROLLED_BACK = ORDERS + " -k 'no_order and rolls'"
TAKEN = ORDERS + " -k 'lost and taken'"
LOST = ORDERS + " -k 'lost and rolls and killed'"
CLAIMS = "tests/contracts/test_sqlite_store.py"
OUTCOMES = "tests/faults/test_postgres_outcomes.py"
STORE = "io_managers/stores/local.py"
MEMORY = "tests/faults/interleaving/memory.py"

FAULTS = [
    Design(
        "what is written is not synced before it has its name",
        STORE,
        '            sync_all(new, "seal.synced")\n',
        "",
        POWER,
    ),
    Design(
        "what is written is synced twice",
        STORE,
        '            sync_all(new, "seal.synced")\n',
        '            sync_all(new, "seal.synced")\n' * 2,
        "tests/benchmarks/test_counts.py -k 'costs and from'",
    ),
    Design(
        "a new name is not synced before it is recorded",
        STORE,
        '            sync_all(folders, "seal.durable")\n',
        "",
        POWER,
    ),
    Design(
        "the files of a folder are not synced before its commit",
        "assets_core/folders.py",
        "        files.sync_file(path)\n        folders.update(",
        "        folders.update(",
        SYNCED,
    ),
    Design(
        "a copy is not synced before it is at its path",
        "assets_core/files.py",
        "        sync_file(temporary)\n",
        "",
        SYNCED,
    ),
    Design(
        "a new folder is not synced in the one above it",
        "assets_core/files.py",
        "    for folder in above:\n        sync_folder(folder)\n\n\ndef make_read_only",
        "\n\ndef make_read_only",
        POWER,
    ),
    Design(
        "a commit is not synced",
        "assets_core/backends/metadata/store.py",
        "        with self._db.transaction() as write:\n"
        '            crash_point("commit.begun")\n',
        "        with self._db.transaction(durable=False) as write:\n"
        '            crash_point("commit.begun")\n',
        POWER,
    ),
    Design(
        "a stable path is moved before the commit",
        "assets_core/running/committing.py",
        "    publications = tools.store.commit_all(",
        "    for one in results:\n"
        "        job = one.attempt.job\n"
        "        one.attempt.manager.publish(\n"
        "            [(job.cell, one.made.stored, '0')], how=None, env=job.env\n"
        "        )\n"
        "    publications = tools.store.commit_all(",
        LOST,
    ),
    Design(
        "a path is published once, whatever the head is by then",
        "assets_core/running/publishing.py",
        "    while (\n"
        "        head := tools.store.head(env, cell)\n"
        "    ) is not None and head.materialization != shown:\n",
        "    while shown is None and (head := tools.store.head(env, cell)) is not None:\n",
        ROLLED_BACK,
    ),
    Design(
        "who does one thing at a time waits for a cell with others in hand",
        "assets_core/running/schedule.py",
        " and not (jobs == 1 and held)\n",
        "\n",
        "tests/flows/test_short_steps.py -k nothing_in_hand",
    ),
    Design(
        "what could not be committed together is not tried alone",
        "assets_core/running/short.py",
        "        if len(shown) == 1:\n            return Finished([fail(",
        "        if shown:\n            return Finished([fail(",
        "tests/flows/test_short_steps.py -k made_again_for_each",
    ),
    Design(
        "the note for a path is struck off before the path has followed",
        "assets_core/running/publishing.py",
        "    shown = None\n",
        "    shown = None\n    tools.store.published([publication])\n",
        LOST,
    ),
    Design(
        "data is deleted before others are told",
        "assets_core/upkeep/gc.py",
        "    begun = tools.store.begin_deletion(\n"
        "        ((one.storage, one.location) for one in due), tools.owner\n"
        "    )\n",
        "    begun = [(one.storage, one.location) for one in due]\n",
        ORDERS,
    ),
    Design(
        "a deletion is over before the data is gone",
        "assets_core/running/deleting.py",
        "    failed: list[AssetsError] = []\n",
        "    failed: list[AssetsError] = []\n    tools.store.end_deletion(places)\n",
        ORDERS,
    ),
    Design(
        "a commit shows bytes that are being deleted",
        MEMORY,
        '            if mark.state == "deleting" or (\n',
        "            if False or (\n",
        ORDERS,
    ),
    Design(
        "a commit shows bytes that were deleted since its claim",
        MEMORY,
        'mark.state == "deleted" and claim.fence <= fence',
        "False",
        ORDERS,
    ),
    Design(
        "whoever lost its claim may commit",
        MEMORY,
        "        if self._is.claims.get((claim.env, claim.cell)) != claim:\n"
        '            raise ClaimLostError("taken over")\n',
        "",
        TAKEN,
    ),
    Design(
        "the fence is not asked for in the commit",
        "assets_core/backends/metadata/cells.py",
        " AND fence = ?",
        " AND ? IS NOT NULL",
        CLAIMS,
    ),
    Design(
        "a head moves whatever it shows",
        "assets_core/backends/metadata/writing.py",
        "        if (now and now.materialization) != commit.before:\n",
        "        if False:\n",
        CLAIMS,
    ),
    Design(
        "the claim of a live process is taken over",
        "assets_core/backends/metadata/claiming.py",
        "    return expires > now if alive is None else alive\n",
        "    return False\n",
        CLAIMS,
    ),
    Design(
        "the claim of a dead process stands",
        "assets_core/backends/metadata/claiming.py",
        "    return expires > now if alive is None else alive\n",
        "    return True\n",
        CLAIMS,
    ),
    Design(
        "a commit whose answer was lost counts as not made",
        "assets_core/backends/postgres/connection.py",
        "                return row is not None and int(row[0]) == self._number\n",
        "                return False\n",
        OUTCOMES + " -k answer_was_lost",
    ),
    Design(
        "a commit whose answer was lost counts as made",
        "assets_core/backends/postgres/connection.py",
        "                return row is not None and int(row[0]) == self._number\n",
        "                return True\n",
        OUTCOMES + " -k never_arrived",
    ),
    Design(
        "writers in PostgreSQL do not take turns",
        "assets_core/backends/postgres/turns.py",
        " SELECT pg_advisory_xact_lock({turn});",
        " SELECT {turn};",
        "tests/contracts/test_postgres_store.py -k processes",
    ),
    Design(
        "a worker calls whatever code it has",
        "assets_core/workspace/worker_process.py",
        "        if asset is not None and self.identity(asset) == errand.identity:\n",
        "        if asset is not None:\n",
        "tests/flows/test_processes_ending.py -k edited",
    ),
    Design(
        "a worker does not learn that its run was killed",
        "assets_core/workspace/worker_process.py",
        "    threading.Thread(target=_end_with, args=(life,), daemon=True).start()\n",
        "",
        "tests/faults/test_killed_workers.py -k run_is_killed",
    ),
    Design(
        "a worker that was killed is given to the next call",
        "assets_core/backends/processes/executor.py",
        "                if process.is_there():\n",
        "                if process:\n",
        "tests/faults/test_killed_workers.py -k did_nothing",
    ),
    Design(
        "what a function in a worker has asked for as a secret is not hidden here",
        "assets_core/running/elsewhere.py",
        "                keep_secret(values)\n",
        "                del values\n",
        "tests/flows/test_processes_ending.py tests/flows/test_processes.py -k secrets",
    ),
    Design(
        "a promotion moves heads in a transaction of its own",
        "assets_core/backends/metadata/environments.py",
        "    write_chunks(write, there)\n",
        "    write_chunks(write, there)\n"
        "    write.execute('COMMIT')\n"
        "    write.execute('BEGIN')\n",
        "tests/faults/test_crash_points_of_environments.py -k promote.written",
    ),
    Design(
        "a run holds more in memory than it may",
        "assets_core/running/recent.py",
        "        while self._tables and self._size + size > self._limit:\n",
        "        while False:\n",
        "tests/flows/test_memory_of_runs.py -k within",
    ),
    Design(
        "a run holds in memory what nobody reads any more",
        "assets_core/running/recent.py",
        "                    if not self._is_read(cell):\n",
        "                    if False:\n",
        "tests/flows/test_memory_of_runs.py -k dropped",
    ),
]
