"""Edits of objects that count by content, and of ones that count by what made them."""

from __future__ import annotations

from tests.unit.versioning.edits import Edit, fresh, stale

CLIENT = """
    import collections
    from client import Client

    URL = "a"
    other = 1
    client = Client(URL)
    client.timeout = 30
    client.headers["x"] = 1

    def make():
        return client.get()
    # client.py
    from urllib.request import Request

    def Client(url):
        return Request("http://" + url)
"""

OBJECTS: list[Edit] = [
    fresh(
        "the name of a logger",
        "import logging\nlog = logging.getLogger('a')\ndef make(): log.info('x'); return 1",
        ("'a'", "'b'"),
    ),
    fresh(
        "a logger in a module that moved",
        "from helpers import f\ndef make(): return f()\n# helpers.py\nimport logging\nlog = logging.getLogger(__name__)\ndef f():\n    log.info('x')\n    logging.getLogger(__name__).debug('y')\n    return 1",
        ("from helpers", "from moved"),
        ("# helpers.py", "# moved.py"),
    ),
    stale(
        "the name of the module, where a result holds it",
        "from helpers import f\ndef make(): return f()\n# helpers.py\ndef f(): return __name__",
        ("from helpers", "from moved"),
        ("# helpers.py", "# moved.py"),
        because="helper helpers.f removed",
    ),
    fresh(
        "a lock",
        "import threading\nlock = threading.Lock()\ndef make():\n    with lock: return 1",
        ("Lock()", "Lock()  # one"),
    ),
    stale(
        "the argument that a client is made with",
        CLIENT,
        ('URL = "a"', 'URL = "b"'),
        because="constant assets.URL: 'a' → 'b'",
    ),
    stale(
        "an attribute of a client set afterwards",
        CLIENT,
        ("timeout = 30", "timeout = 60"),
        because="object assets.client changed",
    ),
    stale(
        "an entry of a client set afterwards",
        CLIENT,
        ('["x"] = 1', '["x"] = 2'),
        because="object assets.client changed",
    ),
    stale(
        "the function that makes a client",
        CLIENT,
        ('"http://"', '"https://"'),
        because="helper client.Client changed",
    ),
    fresh("a statement beside a client", CLIENT, ("other = 1", "other = 2")),
    stale(
        "a client from another module",
        "from clients import client\ndef make(): return client\n# clients.py\nfrom urllib.request import Request\nclient = Request('http://a')",
        ("//a", "//b"),
        because="object clients.client changed",
    ),
    stale(
        "a client that another module changes",
        "from clients import client\nclient.timeout = 5\ndef make(): return client\n# clients.py\nfrom urllib.request import Request\nclient = Request('http://a')",
        ("timeout = 5", "timeout = 6"),
        because="object clients.client changed",
    ),
    fresh(
        "a client in a module that moved",
        "from clients import client\ndef make(): return client\n# clients.py\nfrom urllib.request import Request\nclient = Request('http://a')",
        ("from clients", "from moved"),
        ("# clients.py", "# moved.py"),
    ),
    stale(
        "a client among the values of a dictionary",
        "from urllib.request import Request\nCLIENTS = {'a': Request('http://a')}\ndef make(k): return CLIENTS[k]",
        ("//a", "//b"),
        because="object assets.CLIENTS changed",
    ),
    stale(
        "a client that an instance holds",
        "from urllib.request import Request\nclass A:\n    def __init__(self, url): self.client = Request(url)\na = A('http://a')\ndef make(): return a.client.full_url",
        ("//a", "//b"),
        because="object assets.a changed",
    ),
    stale(
        "a client in a closure",
        "from urllib.request import Request\ndef factory(client):\n    def inner(): return client\n    return inner\nmake = factory(Request('http://a'))",
        ("//a", "//b"),
        because="object assets.make changed",
    ),
    stale(
        "a client in a closure that has a name of its own",
        "from urllib.request import Request\ndef factory(client):\n    def inner(): return client\n    return inner\nclient = Request('http://a')\nmake = factory(client)",
        ("//a", "//b"),
        because="object assets.client changed",
    ),
    stale(
        "a client that a decorator holds",
        "from functools import wraps\nfrom urllib.request import Request\ndef using(client):\n    def decorate(f):\n        @wraps(f)\n        def inner(): return f(client)\n        return inner\n    return decorate\n@using(Request('http://a'))\ndef make(c): return c",
        ("//a", "//b"),
        because="helper assets.make changed",
    ),
    stale(
        "a client made under a condition",
        "from urllib.request import Request\nTEST = False\nif TEST:\n    client = Request('http://test')\nelse:\n    client = Request('http://a')\ndef make(): return client",
        ("//a", "//b"),
        because="object assets.client changed",
    ),
    stale(
        "a client made inside with",
        "import contextlib\nfrom urllib.request import Request\nwith contextlib.suppress(ValueError):\n    client = Request('http://a')\ndef make(): return client",
        ("//a", "//b"),
        because="object assets.client changed",
    ),
    stale(
        "a client made of a name that changed afterwards",
        "from urllib.request import Request\nurl = 'http://a'\nclient = Request(url)\nurl = 'http://c'\ndef make(): return client",
        ("//a", "//b"),
        because="object assets.url changed",
    ),
    stale(
        "a client made of a name that was deleted",
        "from urllib.request import Request\nurl = 'http://a'\nclient = Request(url)\ndel url\ndef make(): return client",
        ("//a", "//b"),
        because="object assets.url changed",
    ),
    stale(
        "an expression of a package",
        "import polars as pl\nREVENUE = pl.col('price') * pl.col('n')\ndef make(): return REVENUE",
        ("'n'", "'m'"),
        because="object assets.REVENUE changed",
        needs="polars",
    ),
    stale(
        "a connection's settings",
        "import duckdb\ncon = duckdb.connect()\ncon.execute('create table t as select 1')\ndef make(): return con.sql('from t')",
        ("select 1", "select 2"),
        because="object assets.con changed",
        needs="duckdb",
    ),
    stale(
        "a vectorized function",
        "import numpy as np\n@np.vectorize\ndef f(x): return x + 1\ndef make(x): return f(x)",
        ("x + 1", "x + 2"),
        because="object assets.f changed",
        needs="numpy",
    ),
    stale(
        "a regular expression",
        "import re\nP = re.compile('a+')\ndef make(x): return P.findall(x)",
        ("a+", "b+"),
        because="constant assets.P changed",
    ),
    stale(
        "the flags of a regular expression",
        "import re\nP = re.compile('a+')\ndef make(x): return P.findall(x)",
        ("'a+'", "'a+', re.I"),
        because="constant assets.P changed",
    ),
    stale(
        "the method of a regular expression",
        "import re\nfind = re.compile('a+').findall\ndef make(x): return find(x)",
        ("'a+'", "'b+'"),
        because="constant assets.find changed",
    ),
    stale(
        "a moment",
        "from datetime import datetime\nSTART = datetime(2024, 1, 1)\ndef make(): return START",
        ("1, 1", "1, 2"),
        because="constant assets.START changed",
    ),
    stale(
        "a duration",
        "from datetime import timedelta\nD = timedelta(days=1)\ndef make(): return D",
        ("days=1", "days=2"),
        because="constant assets.D changed",
    ),
    fresh(
        "a duration written in another way",
        "from datetime import timedelta\nD = timedelta(days=1)\ndef make(): return D",
        ("days=1", "hours=24"),
    ),
    stale(
        "a time zone",
        "from zoneinfo import ZoneInfo\nZ = ZoneInfo('Europe/Berlin')\ndef make(): return Z",
        ("Berlin", "Paris"),
        because="constant assets.Z changed",
    ),
    stale(
        "a decimal's digits",
        "from decimal import Decimal\nD = Decimal('1.0')\ndef make(): return D",
        ("'1.0'", "'1.00'"),
        because="constant assets.D changed",
    ),
    stale(
        "an array's element",
        "import numpy as np\nA = np.array([1, 2])\ndef make(): return A",
        ("[1, 2]", "[1, 3]"),
        because="constant assets.A changed",
        needs="numpy",
    ),
    stale(
        "an array's type",
        "import numpy as np\nA = np.array([1, 2])\ndef make(): return A",
        ("[1, 2]", "[1, 2], dtype='int32'"),
        because="constant assets.A changed",
        needs="numpy",
    ),
    stale(
        "a frame's cell",
        "import pandas as pd\nF = pd.DataFrame({'a': [1], 'b': ['x']})\ndef make(): return F",
        ("'x'", "'y'"),
        because="constant assets.F changed",
        needs="pandas",
    ),
    stale(
        "a frame's column name",
        "import pandas as pd\nF = pd.DataFrame({'a': [1], 'b': ['x']})\ndef make(): return F",
        ("'b'", "'c'"),
        because="constant assets.F changed",
        needs="pandas",
    ),
    stale(
        "an Arrow table",
        "import pyarrow as pa\nT = pa.table({'a': [1]})\ndef make(): return T",
        ("[1]", "[2]"),
        because="constant assets.T changed",
        needs="pyarrow",
    ),
    stale(
        "a Polars frame",
        "import polars as pl\nT = pl.DataFrame({'a': [1]})\ndef make(): return T",
        ("[1]", "[2]"),
        because="constant assets.T changed",
        needs="polars",
    ),
    stale(
        "a path outside the project",
        "from pathlib import Path\nP = Path('/data/a')\ndef make(): return P",
        ("/data/a", "/data/b"),
        because="constant assets.P changed",
    ),
    stale(
        "a file's name inside the project",
        "from pathlib import Path\nP = Path(__file__).parent / 'a.csv'\ndef make(): return P.read_text()",
        ("a.csv", "b.csv"),
        because="constant assets.P changed",
    ),
    stale(
        "a type variable's bound",
        "from typing import TypeVar\nT = TypeVar('T', bound=int)\ndef make(): return T",
        ("bound=int", "bound=str"),
        because="constant assets.T changed",
    ),
    stale(
        "a type alias",
        "Row = dict[str, int]\ndef make(x: Row): return x",
        ("dict[str, int]", "dict[str, str]"),
        because="constant assets.Row changed",
    ),
    stale(
        "a list of a class of the project",
        "class A: n = 1\nKINDS = [A]\ndef make(): return KINDS",
        ("n = 1", "n = 2"),
        because="class assets.A changed",
    ),
]
