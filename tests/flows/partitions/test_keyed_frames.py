"""One call that yields a frame for each key: partitions that nobody has to name before."""

from __future__ import annotations

import pytest

from tests.flows.partitions.shop import FIRST, ORDERS, Shop
from tests.flows.partitions.slices import computed, ended, errors


def test_one_run_makes_all_keys_and_all_that_reads_them(shop: Shop) -> None:
    """Nobody has named a customer before; one command is enough."""
    result = shop.run()

    assert result.status == "success", errors(result)
    assert computed(result) == {
        *("orders", "by_customer", "spending[ada]", "spending[bob]", "everyone"),
    }
    assert shop.keys() == ("ada", "bob")
    assert shop.calls() == 1
    assert shop.read("everyone") == {
        "customer": ["ada", "bob", "bob"],
        "total": [2, 1, 3],
        "partition": ["ada", "bob", "bob"],
    }
    assert shop.paths() == {
        "partition=ada",
        "partition=bob",
    }
    again = shop.run()
    assert again.steps == ()
    assert shop.plan().steps == ()


def test_only_the_keys_whose_rows_changed_are_changed_for_others(shop: Shop) -> None:
    """Early cutoff, key by key: what comes out the same stops there."""
    shop.run()
    shop.rows([*FIRST, ["ada", 10]])

    result = shop.run()

    assert computed(result) == {"orders", "by_customer", "spending[ada]", "everyone"}
    assert shop.read("spending") == {"sum": [12, 4], "partition": ["ada", "bob"]}


def test_a_key_that_comes_is_made_everywhere_by_the_same_run(shop: Shop) -> None:
    """It takes its place in the order of the keys, whenever it came."""
    shop.run()
    shop.rows([["bea", 7], *FIRST])

    result = shop.run()

    assert computed(result) == {"orders", "by_customer", "spending[bea]", "everyone"}
    assert shop.keys() == ("ada", "bea", "bob")
    assert shop.read("everyone")["customer"] == ["ada", "bea", "bob", "bob"]


def test_a_key_that_is_no_longer_yielded_goes(shop: Shop) -> None:
    """From the list, from the stable paths, from what reads all; and it may come back."""
    shop.run()
    shop.rows([["ada", 2]])

    result = shop.run()

    assert result.status == "success", errors(result)
    assert computed(result) == {"orders", "by_customer", "everyone"}
    assert shop.keys() == ("ada",)
    assert shop.paths() == {"partition=ada"}
    assert shop.read("everyone")["customer"] == ["ada"]
    assert shop.read("spending")["partition"] == ["ada"]
    assert shop.run().steps == ()

    shop.rows(FIRST)
    shop.calls()
    back = shop.run()

    assert shop.calls() == 0
    assert computed(back) == set()
    assert ended(back)["by_customer"] == "reused"
    assert shop.read("everyone")["customer"] == ["ada", "bob", "bob"]
    assert shop.paths() == {
        "partition=ada",
        "partition=bob",
    }
    assert shop.plan().steps == ()


def test_yielding_nothing_is_allowed(shop: Shop) -> None:
    """A shop without customers has no partitions, and is fresh."""
    shop.rows([])

    result = shop.run("by_customer", "spending")

    assert computed(result) == {"orders", "by_customer"}
    assert shop.keys() == ()
    assert shop.run("by_customer", "spending").steps == ()
    assert shop.status("by_customer").status == "fresh"

    shop.rows(FIRST)
    assert shop.run().status == "success"
    shop.rows([])
    gone = shop.run("by_customer", "spending")
    assert gone.status == "success", errors(gone)
    assert shop.paths() == set()


def test_asking_for_what_reads_the_keys_makes_the_keys_first(shop: Shop) -> None:
    """Even one that has no partition yet, because no key is known."""
    result = shop.run("spending")

    assert computed(result) == {"orders", "by_customer", "spending[ada]", "spending[bob]"}


@pytest.mark.parametrize("selection", ["by_customer", "spending", "everyone"])
def test_what_only_shares_the_list_is_made_for_its_keys(shop: Shop, selection: str) -> None:
    """An asset with these partitions needs not read the one that yields them."""
    shop.write(
        ORDERS
        + """
    @asset(partitions=DynamicPartitions("customers"))
    def greeting(context):
        return pd.DataFrame({"to": [context.partition.key]})
    """
    )

    assert {"greeting[ada]", "greeting[bob]"} <= computed(shop.run("greeting"))
    shop.rows([["bea", 1]])
    shop.run(selection)

    assert computed(shop.run("greeting")) == {"greeting[bea]"}
    assert shop.run("greeting").steps == ()


def yields(shop: Shop, body: str, options: str = "") -> str:
    """Let `cut` yield what a body yields; return what went wrong in it."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    shop.write(
        f'    @asset(partitions=DynamicPartitions("cuts"){options})\n'
        f"    def cut(context):\n{lines}"
    )
    return errors(shop.run()).get("cut", "")


ONE = 'pd.DataFrame({"n": [1]})'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"yield Partition('a', {ONE})\nyield Partition('a', {ONE})", "'a' twice"),
        (f"yield Partition(7, {ONE})", "7, which cannot be used: a key is text, not int"),
        (f"yield Partition('a,b', {ONE})", "it contains ','"),
        (f"yield Partition('', {ONE})", "it is empty"),
        (f"yield {ONE}", "Part 0 that 'cut' yielded is a pandas.DataFrame"),
        (
            f"yield Partition('a', {ONE})\nyield None",
            "Part 1 that 'cut' yielded is a NoneType",
        ),
        ("yield Partition('a', {'n': [1]})", "'cut[a]': A dict was returned"),
        ("yield Partition('a', None)", "'cut[a]': Nothing was returned"),
        (
            "yield Partition('a', pd.DataFrame({'partition': ['a', 'b']}))",
            "1 row does not belong to 'cut[a]': partition=b",
        ),
        ("context.add_partitions('cuts', 'x')\nyield", "are those that 'cut' yields"),
        ("context.partition\nyield", "and this call has none"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_kept(
    shop: Shop, body: str, said: str
) -> None:
    """A call counts as a whole."""
    assert said in yields(shop, body)
    assert shop.heads() == {}


def test_rows_may_have_the_partition_column_and_any_form(shop: Shop) -> None:
    """It is the same in all rows, so it is not stored; forms are those of any function."""
    body = """yield Partition("a", pa.table({"who": ["a", "a"], "n": [1, 2]}))
yield Partition("b", iter([pa.record_batch({"n": [3]}), pa.record_batch({"n": [4]})]))
yield Partition("c", pd.DataFrame({"n": [5, 6]}, index=[3, 9]))"""
    shop.write(
        '    @asset(partitions=DynamicPartitions("cuts", name="who"))\n'
        "    def cut():\n" + "".join(f"        {line}\n" for line in body.splitlines())
    )

    assert shop.run().status == "success"
    assert shop.read("cut") == {
        "n": [1, 2, 3, 4, 5, 6],
        "who": ["a", "a", "b", "b", "c", "c"],
    }


def test_a_call_that_fails_in_the_middle_is_made_again_as_a_whole(shop: Shop) -> None:
    """`retry=`: what the first call had yielded until then does not count."""
    said = yields(
        shop,
        """log = Path("tries")
tries = len(log.read_text()) if log.exists() else 0
log.write_text("x" * (tries + 1))
yield Partition(f"of try {tries}", pd.DataFrame({"n": [tries]}))
if tries < 2:
    raise OSError("the file is not there yet")
yield Partition("last", pd.DataFrame({"n": [0]}))""",
        ", retry=Retry(2, wait=0)",
    )

    assert said == ""
    assert shop.read("cut")["partition"] == ["last", "of try 2"]


def test_the_context_knows_what_was_there(shop: Shop) -> None:
    """`previous()` gives all partitions; what `metadata` says stands with each."""
    body = """before = context.previous()
seen = 0 if before is None else len(before)
context.metadata(seen=seen)
for key in ("a", "b"):
    yield Partition(key, pd.DataFrame({"n": [1]}))"""
    assert yields(shop, body) == ""
    assert shop.run("cut", force=True).status == "success"

    assert [one.metadata["seen"] for one in shop.history("cut", "a")] == [2, 0]


def test_rows_in_another_order_are_no_change_if_order_means_nothing(shop: Shop) -> None:
    """`ordered=False` holds for each partition; the keys are in order in any case."""
    body = """for key in {keys}:
    yield Partition(key, pd.DataFrame({{"n": {rows}}}))"""
    yields(shop, body.format(keys='("a", "b")', rows="[1, 2]"), ", ordered=False")
    before = shop.versions()
    yields(shop, body.format(keys='("b", "a")', rows="[2, 1]"), ", ordered=False")

    assert shop.versions() == before


def test_many_partitions_are_stored_in_several_goes(shop: Shop) -> None:
    """Not all of them are in memory at the same time."""
    body = """for number in range(150):
    yield Partition(f"{number:03}", pd.DataFrame({"n": [number]}))"""

    assert yields(shop, body) == ""
    assert shop.read("cut")["n"] == list(range(150))
    assert shop.run().steps == ()


def test_a_list_of_names_that_one_asset_yields_may_lead_to_another(shop: Shop) -> None:
    """Calls after calls: each time the keys are known that come next."""
    shop.write(
        ORDERS
        + """
    @asset(partitions=DynamicPartitions("sizes", name="size"))
    def by_size(everyone: pd.DataFrame):
        for size, rows in everyone.groupby("total"):
            yield Partition(f"size {size}", rows)


    @asset(partitions=DynamicPartitions("sizes", name="size"))
    def counted(by_size: pd.DataFrame):
        return pd.DataFrame({"count": [len(by_size)]})


    @asset
    def last(counted: pd.DataFrame, spending: pd.DataFrame):
        return counted
    """
    )

    result = shop.run()

    assert result.status == "success", errors(result)
    assert shop.read("last")["size"] == ["size 1", "size 2", "size 3"]
    assert shop.run().steps == ()
    shop.rows([["ada", 3], ["zoe", 4]])
    assert shop.run().status == "success"
    assert shop.read("last")["size"] == ["size 3", "size 4"]
    assert shop.run().steps == ()


def test_a_product_takes_the_keys_that_are_yielded(shop: Shop) -> None:
    """One dimension of it is the list."""
    shop.write(
        ORDERS
        + """
    @asset(partitions=ProductPartitions(
        who=DynamicPartitions("customers"), of=StaticPartitions(["a", "b"])))
    def both(by_customer: pd.DataFrame):
        return by_customer
    """
    )

    assert shop.run().status == "success"
    assert len(shop.read("both")["of"]) == 2 * len(FIRST)
    shop.rows([["zoe", 1]])
    assert computed(shop.run()) >= {"both[who=zoe of=a]", "both[who=zoe of=b]"}


def test_two_mistakes_that_a_new_key_shows_are_named(shop: Shop) -> None:
    """What is not there once all keys are known cannot be read."""
    shop.write(
        ORDERS
        + """
    @asset(inputs={"rows": Upstream("by_customer", mapping=Specific(["ada", "eve"]))})
    def chosen(rows: pd.DataFrame):
        return rows
    """
    )

    result = shop.run("chosen")

    assert ended(result)["by_customer"] == "computed"
    assert "which has no eve" in errors(result)["chosen"]
    shop.rows([["ada", 1], ["eve", 2]])
    assert shop.run("chosen").status == "success"
    assert shop.read("chosen")["partition"] == ["ada", "eve"]


def test_a_generator_of_batches_still_is_one_table(shop: Shop) -> None:
    """Without a growing list nothing is yielded but batches."""
    shop.write(
        """
    @asset
    def whole():
        yield pa.record_batch({"n": [1]})
        yield pa.record_batch({"n": [2]})


    @asset(partitions=StaticPartitions(["a"]))
    def each(context):
        yield pa.record_batch({"n": [1]})


    @asset(partitions=DynamicPartitions("names"))
    def returned(context):
        return (pa.record_batch({"n": [n]}) for n in (1, 2))
    """
    )
    with_keys = shop.inside(lambda workspace: workspace.add_partitions("names", "x"))

    assert with_keys == 1
    assert shop.run().status == "success"
    assert [shop.read(key)["n"] for key in ("whole", "each", "returned")] == [
        *([1, 2], [1], [1, 2]),
    ]


def test_a_partition_that_nobody_expects_is_refused(shop: Shop) -> None:
    """Products and lists that are written down are made one partition a call."""
    shop.write(
        """
    @asset(partitions=ProductPartitions(
        who=DynamicPartitions("customers"), of=StaticPartitions(["a"])))
    def both():
        yield Partition("x", pd.DataFrame({"n": [1]}))
    """
    )
    shop.inside(lambda workspace: workspace.add_partitions("customers", "x"))

    (said,) = errors(shop.run()).values()

    assert "Partition" in said
    assert "partitions=DynamicPartitions(…)" in said
