"""Wrong ways to build the product, each one edit away from the right one.

They are what somebody might write who has not thought of something; most of them are what
other tools do. Each names the tests that notice.
"""

from __future__ import annotations

from tests.wrong.design import Design
from tests.wrong.designs_of_faults import FAULTS

__all__ = ["DESIGNS"]

EDITS = "tests/unit/versioning/test_edits.py"
VALUES = "tests/unit/versioning/test_values.py"
CONTENT = "tests/unit/versioning/test_data_version.py"
KEPT = "tests/unit/workspace/test_kept_readings.py"
PLANNER = "tests/unit/planning/test_planner.py"
STALENESS = "tests/unit/planning/test_staleness.py"
INTERLEAVINGS = "tests/properties/test_collection_interleavings.py"

_CODE = [
    Design(
        "helpers are ignored",
        "assets_core/versioning/findings.py",
        "        self.edges.append(Edge(label, node, source, owned=origin is None))",
        "        if not callable(found.value):\n"
        "            self.edges.append(Edge(label, node, source, owned=origin is None))",
        EDITS,
    ),
    Design(
        "constants are ignored",
        "assets_core/versioning/findings.py",
        "        self.edges.append(Edge(label, node, source, owned=origin is None))",
        "        if callable(found.value):\n"
        "            self.edges.append(Edge(label, node, source, owned=origin is None))",
        EDITS,
    ),
    Design(
        "helpers count one step deep",
        "assets_core/versioning/tour.py",
        "            waiting += [target for _, target in reversed(links)]",
        "            waiting += [to for _, to in links] if len(self._met) < 2 else []",
        EDITS,
    ),
    Design(
        "defaults of parameters are ignored",
        "assets_core/versioning/functions.py",
        "    for label, value in _defaults(function):\n"
        '        findings.own(f"default {label}"',
        '    for label, value in ():\n        findings.own(f"default {label}"',
        EDITS,
    ),
    Design(
        "what a function closes over is ignored",
        "assets_core/versioning/functions.py",
        "    cells = function.__closure__ or ()",
        "    cells = () if True else function.__closure__",
        EDITS,
    ),
    Design(
        "decorators are ignored",
        "assets_core/versioning/readings.py",
        "        kept = [each.form() for each in self.decorators if each not in without]",
        "        kept = []",
        f"{EDITS} tests/unit/versioning/test_mutations.py",
    ),
    Design(
        "what a class holds counts as its statement says",
        "assets_core/versioning/classes.py",
        '        forms += (label, findings.content(member, f"{name}.{label}", source))',
        "        pass",
        EDITS,
    ),
    Design(
        "docstrings count",
        "assets_core/versioning/normal_form.py",
        "        case ast.Pass() | ast.Expr(value=ast.Constant()):",
        "        case ast.Pass():",
        EDITS,
    ),
    Design(
        "a digest does not say how long its parts are",
        "assets_core/model/versions.py",
        'b"%d:%b" % (len(part), part)',
        "part",
        "tests/unit/model/test_versions.py",
    ),
    Design(
        "equal numbers of other types are one constant",
        "assets_core/versioning/values.py",
        '    bool: lambda value: ("bool", str(value)),',
        '    bool: lambda value: ("int", hex(value)),',
        VALUES,
    ),
    Design(
        "minus zero is zero",
        "assets_core/versioning/values.py",
        'struct.pack(">d", number)  #',
        'struct.pack(">d", number + 0.0)  #',
        VALUES,
    ),
    Design(
        "sets count in the order in which they lie in memory",
        "assets_core/versioning/values.py",
        "        written.sort(key=lambda each: each[0])\n",
        "",
        "tests/unit/versioning/test_same_everywhere.py -k seed",
    ),
    Design(
        "the project's folder is part of what lies in it",
        "assets_core/versioning/values.py",
        "        relative = self.paths.relative(text)\n",
        "        relative = None\n",
        VALUES,
    ),
    Design(
        "the text of a file is taken for that of the loaded code",
        "assets_core/versioning/loaded_source.py",
        "        if len(pieces) == 1 and not self._rewritten.isdisjoint(prints):",
        "        if len(pieces) == 1:",
        "tests/unit/versioning/test_loaded_source.py",
    ),
    Design(
        "a kept reading is found by the time and size of a file",
        "assets_core/workspace/kept_readings.py",
        '        key = digest("reading", _READER, str(flags), text)',
        "        now = os.stat(file)\n"
        '        key = digest("reading", file, str(now.st_size), str(now.st_mtime_ns))',
        KEPT,
    ),
    Design(
        "a kept reading is believed, whole or not",
        "assets_core/workspace/kept_readings.py",
        '        if head == f"{key} {digest(body)}":',
        "        if head.startswith(key):",
        f"{KEPT} -k damage",
    ),
    Design(
        "code that cannot be known counts as unchanged",
        "assets_core/planning/staleness.py",
        "    if now.code.opaque:\n",
        "    if False:\n",
        STALENESS,
    ),
]

_DATA = [
    Design(
        "null is zero",
        "assets_core/versioning/data_version.py",
        "            self.gaps.update(gaps + self.rows)",
        "            pass",
        CONTENT,
    ),
    Design(
        "names of columns do not count",
        "assets_core/versioning/data_version.py",
        "            parts += [name, columns[name]]",
        "            parts += [columns[name]]",
        CONTENT,
    ),
    Design(
        "types do not count",
        "assets_core/versioning/data_version.py",
        '            columns[name] = digest("column 1", kind, stream.digest())',
        '            columns[name] = digest("column 1", stream.digest())',
        CONTENT,
    ),
    Design(
        "the number of rows does not count",
        "assets_core/versioning/data_version.py",
        'parts: list[str | bytes] = ["data version 1", str(self._rows)]',
        'parts: list[str | bytes] = ["data version 1"]',
        CONTENT,
    ),
]

_PLAN = [
    Design(
        "a source counts by the time of its file",
        "assets_core/backends/local_files.py",
        "        return after, version[:32], settled",
        "        return after, str(after.modified_ns), settled",
        "tests/unit/backends/test_local_files.py",
    ),
    Design(
        "a source that looks the same is never read again",
        "assets_core/backends/local_files.py",
        "            if known is not None and known[0] == before and settled:",
        "            if known is not None and known[0] == before:",
        "tests/unit/backends/test_local_files.py",
    ),
    Design(
        "results of one asset are shown for another",
        "assets_core/model/versions.py",
        '    parts = ["recipe 1", cell.asset, _text(cell.partition), code, config]',
        '    parts = ["recipe 1", code, config]',
        "tests/unit/model/test_versions.py",
    ),
    Design(
        "inputs do not count",
        "assets_core/planning/staleness.py",
        "self.code.digest, self._config, making.inputs\n",
        "self.code.digest, self._config, ()\n",
        STALENESS,
    ),
    Design(
        "configuration does not count",
        "assets_core/model/versions.py",
        "    return digest(*(part for pair in sorted(config.items()) for part in pair))\n",
        "    return digest()\n",
        STALENESS,
    ),
    Design(
        "a schema does not count once the data is there",
        "assets_core/planning/staleness.py",
        "    if last.head.stamp in {now.stamp, GONE}:",
        "    if True:",
        STALENESS,
    ),
    Design(
        "what was recorded is taken to be there",
        "assets_core/planning/staleness.py",
        "        if last.missing:",
        "        if False:",
        STALENESS,
    ),
    Design(
        "everything downstream of a change is computed",
        "assets_core/planning/planner.py",
        "    return Outcome(verdict.made.data_version, verdict.made)",
        "    return Outcome(UNKNOWN)",
        f"tests/unit/planning/test_reuse.py {PLANNER}",
    ),
    Design(
        "declared columns do not count",
        "assets_core/planning/reads.py",
        "    if given.columns is None or version in (UNKNOWN, ABSENT):",
        "    if True:",
        PLANNER,
    ),
    Design(
        "the plan is carried out without a second look",
        "assets_core/running/step.py",
        "    if verdict.action is None:\n",
        "    if False:\n",
        "tests/flows/test_staleness.py -k helper",
    ),
    Design(
        "data is shown before its checks have passed",
        "assets_core/running/checking.py",
        "    if not failed:\n",
        "    if True:\n",
        "tests/flows/test_checking.py",
    ),
]

_KEEP = [
    Design(
        "a commit does not ask what was deleted since its claim",
        "assets_core/backends/metadata/collecting.py",
        '    if state == "deleting" or (state == "deleted" and claim.fence <= fence):',
        '    if state == "deleting":',
        INTERLEAVINGS,
    ),
    Design(
        "a commit does not take condemned bytes back",
        "assets_core/backends/metadata/writing.py",
        "    take_back(write, _by_claim(shown))\n",
        "",
        INTERLEAVINGS,
    ),
    Design(
        "a rollback looks before it has its claim",
        "assets_core/upkeep/rollback.py",
        "    with claimed(tools, env, made.cell) as claim:\n"
        "        before = tools.store.head(env, claim.cell)\n"
        "        _may_show(tools, asset, made, before, env)\n",
        "    before = tools.store.head(env, made.cell)\n"
        "    _may_show(tools, asset, made, before, env)\n"
        "    with claimed(tools, env, made.cell) as claim:\n",
        "tests/flows/test_collecting_beside_runs.py -k rollback",
    ),
    Design(
        "garbage is deleted in one step",
        "assets_core/upkeep/gc.py",
        "    due = [one for one in garbage if one.due_at <= now]\n",
        "    due = list(garbage)\n",
        "tests/flows/test_collecting.py",
    ),
    Design(
        "what is not recorded is garbage, even if nothing is",
        "assets_core/upkeep/gc.py",
        "        if manager.storage in recorded_in\n",
        "        if True\n",
        "tests/flows/test_collecting.py -k loss",
    ),
    Design(
        "of few versions the earlier ones are not kept",
        "assets_core/upkeep/retention.py",
        "set(list(ids)[:latest])",
        "set(list(ids)[: latest if len(ids) > latest else 1])",
        "tests/unit/upkeep/test_retention.py",
    ),
    Design(
        "a key that is no longer yielded keeps its data",
        "assets_core/running/together.py",
        "            if before is not None and key not in held:\n",
        "            if False:\n",
        "tests/flows/partitions/test_keyed_frames.py -k no_longer",
    ),
    Design(
        "partitions that one call has made are not asked for themselves",
        "assets_core/planning/yielded.py",
        "    if before is None or not told <= _PERHAPS_WHOLE:\n",
        "    if True:\n",
        "tests/flows/partitions/test_keyed_frames_kept.py -k made_again",
    ),
    Design(
        "what was rolled back is computed again",
        "assets_core/planning/planner.py",
        "    if last is not None and last.head.held and not forced:\n",
        "    if False:\n",
        "tests/unit/planning/test_held.py",
    ),
    Design(
        "an output of a call is made without the others",
        "assets_core/planning/outputs.py",
        "    if not computed:\n",
        "    if True:\n",
        "tests/flows/test_several_outputs.py -k brings_the_call_back",
    ),
    Design(
        "the outputs of a call are committed one by one",
        "assets_core/running/outputs.py",
        "iter(commit(shown) if shown else ())",
        "iter([commit([one])[0] for one in shown])",
        "tests/faults/test_crash_points_of_outputs.py -k commit.done",
    ),
    Design(
        "what a shell is given is not quoted",
        "assets_core/model/commands.py",
        "shlex.join(value)",
        "' '.join(value)",
        "tests/unit/model/test_commands.py -k system_agrees",
    ),
]

DESIGNS = [*_CODE, *_DATA, *_PLAN, *_KEEP, *FAULTS]
