"""What a URL says besides the host and the database."""

from __future__ import annotations

from tests.flows.small_project import Project
from tests.postgres import Postgres, carry_out

MODULE = """
    rows = source(
        "shop/orders",
        sql="select id, total from orders",
        url={url!r},
        version="select max(updated) from orders",
    )


    @asset(inputs={{"found": "shop/orders"}})
    def orders(found: pa.Table) -> pa.Table:
        return found
"""


def test_a_search_path_in_the_url_counts(project: Project, postgres: Postgres) -> None:
    """For the version as for the rows; another one is another source."""
    url = postgres.new_database()
    for name in ("one", "two"):
        carry_out(
            url,
            f"create schema {name}",
            f"create table {name}.orders (id int, total int, updated int)",
        )
    carry_out(url, "insert into one.orders values (1, 3, 5)")
    carry_out(url, "insert into two.orders values (1, 7, 5)")

    def write(name: str) -> None:
        joined = "&" if "?" in url else "?"
        place = f"{url}{joined}options=-csearch_path%3D{name}"
        project.write(MODULE.format(url=place))

    write("one")
    project.run()
    assert project.read("orders")["total"] == [3]
    carry_out(url, "update one.orders set updated = 6, total = 4")
    assert "input_changed" in project.reasons("orders")
    assert project.ended() == {"orders": "computed"}
    carry_out(url, "update one.orders set updated = 5")
    project.run()
    write("two")
    assert "input_changed" in project.reasons("orders")
    assert project.ended() == {"orders": "computed"}
    assert project.read("orders")["total"] == [7]
