"""What can be wrong with the declaration of one function that makes several assets."""

from __future__ import annotations

import pytest

from assets_core import DefinitionError, Workspace
from assets_core.errors import DefinitionErrors
from tests.flows.small_project import Project


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("outputs=[]", "makes no outputs"),
        ("outputs={}", "makes no outputs"),
        ("outputs=7", "has outputs=7"),
        ("outputs=['a', 'a']", "has the output 'a' twice"),
        ("outputs={'a': 'b'}", "has the output 'a' of type str"),
        ("outputs=[7]", "has the output 7"),
        ("outputs={'a': Output('x'), 'b': Output('x')}", "'x' is declared twice"),
        ("outputs={'a': Output('x'), 'b': Output('X')}", "differ only in case"),
        ("outputs=['a', 'other']", "'other' is declared twice"),
        ("outputs=['a', 'a/b']", "would lie inside the asset 'a'"),
        ("outputs=['a b']", "Key 'a b' cannot be used"),
        ("outputs=['a', 'a', 'b c']", "has the output 'a' twice"),
        (
            "outputs=['a', 'upstream']",
            "reads 'upstream' by 'upstream', which it makes itself",
        ),
        ("outputs={'a': Output(on_invalid='no')}", "has on_invalid='no'"),
        ("outputs={'a': Output(io='nowhere')}", "has io='nowhere'"),
        ("outputs=['a'], partitions=7", "has partitions of type int"),
    ],
)
def test_a_declaration_that_cannot_work_is_told_when_the_project_loads(
    project: Project, declared: str, said: str
) -> None:
    """With the place, and before anything runs."""
    project.write(
        f"""
        from assets_core import Output, multi_asset

        @asset
        def other() -> pa.Table:
            return pa.table({{"n": [1]}})

        @asset
        def {"up" if "'upstream'" in declared else "upstream"}() -> pa.Table:
            return pa.table({{"n": [1]}})

        @multi_asset({declared})
        def several(upstream: pa.Table):
            return {{}}
        """
    )

    with pytest.raises((DefinitionError, DefinitionErrors)) as told:
        Workspace.open(project.folder)

    assert said in str(told.value)
    assert "pipeline.py:" in str(told.value)


def test_what_is_wrong_with_the_function_is_told_once(project: Project) -> None:
    """And not for each of its outputs."""
    project.write(
        """
        from assets_core import multi_asset

        @multi_asset(outputs=["a", "b"])
        def several(*tables):
            yield {}
        """
    )

    with pytest.raises(DefinitionErrors) as told:
        Workspace.open(project.folder)

    assert str(told.value).count("takes '*tables'") == 1
    assert str(told.value).count("yields, and makes several outputs") == 1
