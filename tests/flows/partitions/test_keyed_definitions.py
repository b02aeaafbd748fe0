"""What can be wrong with an asset that yields its partitions, told before anything runs."""

from __future__ import annotations

import pytest

from assets_core import AssetsError, CycleError, UsageError, Workspace
from tests.flows.partitions.shop import Shop

YIELDS = """
    @asset(partitions=DynamicPartitions("customers"){options})
    def {name}({reads}):
        yield Partition("a", pd.DataFrame({{"n": [1]}}))
"""


def problem(shop: Shop, text: str) -> AssetsError:
    """Return what is wrong with a project."""
    shop.write(text)
    with pytest.raises(AssetsError) as raised, Workspace.open(shop.folder):
        pass
    return raised.value


def yielding(name: str, options: str = "", reads: str = "") -> str:
    """Return an asset that yields into the list of customers."""
    return YIELDS.format(name=name, options=options, reads=reads)


def test_two_assets_cannot_yield_into_one_list(shop: Shop) -> None:
    """Each of them would take away what the other has yielded."""
    found = problem(shop, yielding("one") + yielding("two"))

    assert "'one' and 'two' both yield the keys of DynamicPartitions('customers')" in str(
        found
    )


@pytest.mark.parametrize("batch", ["3", '"all"'])
def test_one_call_has_no_batches(shop: Shop, batch: str) -> None:
    """It makes all partitions as it is."""
    found = problem(shop, yielding("one", f", batch={batch}"))

    assert "yields its partitions and has batch=" in str(found)


def test_the_keys_cannot_come_from_what_needs_them(shop: Shop) -> None:
    """What it reads has the partitions that it yields."""
    found = problem(
        shop,
        yielding("one", reads="other: pd.DataFrame")
        + '\n    @asset(partitions=DynamicPartitions("customers"))\n'
        + '    def other(context):\n        return pd.DataFrame({"n": [1]})\n',
    )

    assert isinstance(found, CycleError)


def test_one_call_reads_as_if_there_were_no_partitions(shop: Shop) -> None:
    """A mapping from its keys to those of an upstream would come before its keys."""
    found = problem(
        shop,
        yielding(
            "one",
            ', inputs={"days": Upstream("days", mapping=lambda key: key)}',
            "days: pd.DataFrame",
        )
        + '\n    @asset(partitions=StaticPartitions(["a"]))\n'
        + '    def days(context):\n        return pd.DataFrame({"n": [1]})\n',
    )

    assert "is not made partition by partition itself" in str(found)


@pytest.mark.parametrize("change", ["add_partitions", "delete_partitions"])
def test_the_keys_cannot_be_changed_by_hand(shop: Shop, change: str) -> None:
    """They are what the asset yields; the next run would take the change back."""
    shop.run()

    with Workspace.open(shop.folder) as workspace, pytest.raises(UsageError) as raised:
        getattr(workspace, change)("customers", "ada")

    assert "are those that 'by_customer' yields" in str(raised.value)
    assert "assets materialize by_customer" in raised.value.fix
    assert shop.keys() == ("ada", "bob")


def test_a_function_that_yields_nothing_of_the_kind_is_what_it_was(shop: Shop) -> None:
    """Keys that are added by hand, and one call for each."""
    shop.write(
        """
    @asset(partitions=DynamicPartitions("customers"))
    def each(context):
        return pd.DataFrame({"who": [context.partition.key]})
    """
    )
    shop.inside(lambda workspace: workspace.add_partitions("customers", ["b", "a"]))

    assert shop.run().status == "success"
    assert shop.read("each")["who"] == ["b", "a"]
