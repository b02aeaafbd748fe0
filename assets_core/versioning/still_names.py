"""Names of which it is known that calling them twice gives the same twice.

None of them looks at a clock, at chance, at files or at other machines. What is not
named here is not taken for still: a name that is missing costs time, a wrong one lies.
"""

from __future__ import annotations

__all__ = [
    "BASES",
    "BUILTINS",
    "CONSTANTS",
    "METHODS",
    "ORDERLESS",
    "SPECIAL_METHODS",
    "TIMES",
    "TRUSTED",
    "VIEWS",
    "is_still_call",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BUILTINS = _words(
    "abs all any ascii bin bool bytes callable chr classmethod complex dict divmod"
    " enumerate float format hasattr hex int isinstance issubclass len list max"
    " min object oct ord pow print property range repr reversed round slice sorted"
    " staticmethod str sum super tuple type zip"
    " ArithmeticError AssertionError AttributeError Exception ImportError IndexError"
    " KeyError LookupError NotImplementedError OSError RuntimeError TypeError ValueError"
)
ORDERLESS = _words("sorted len any all min max sum")
"""What gives the same of a set in whichever order it comes."""

VIEWS = _words("items keys values")
METHODS = _words(
    "append as_posix capitalize casefold copy count decode encode endswith extend"
    " format get hex index insert is_absolute is_integer isalnum isalpha"
    " isdigit isidentifier islower isoformat isspace isupper isoweekday joinpath join"
    " ljust lower lstrip month most_common partition removeprefix removesuffix replace"
    " rjust rpartition rsplit rstrip setdefault split splitlines startswith strip swapcase"
    " title total_seconds translate update upper weekday with_metadata with_name"
    " with_nullable with_stem with_suffix year zfill"
)
"""Methods that give the same again, of whatever kind of value."""

SPECIAL_METHODS = _words(
    "__init_subclass__ __class_getitem__ __set_name__ __prepare__ __mro_entries__"
)
"""Methods that Python calls by itself while classes are made."""

_PANDERA = _words(
    "Check Column Field Index MultiIndex DataFrameSchema SeriesSchema check"
    " dataframe_check dataframe_parser parser"
)
_ARROW = _words(
    "binary binary_view bool_ date32 date64 decimal128 decimal256 dictionary duration field"
    " fixed_size_binary float16 float32 float64 int8 int16 int32 int64 large_binary"
    " large_list large_string list_ map_ month_day_nano_interval null schema string"
    " string_view struct time32 time64 timestamp uint8 uint16 uint32 uint64 utf8"
)
_POLARS = _words(
    "Array Binary Boolean Categorical Date Datetime Decimal Duration Enum Field Float32"
    " Float64 Int8 Int16 Int32 Int64 Int128 List Null Object Schema String Struct Time"
    " UInt8 UInt16 UInt32 UInt64 Utf8"
)
_CALLS: dict[str, frozenset[str]] = {
    "assets_core": _words(
        "All CheckResult CronPartitions DailyPartitions Dimension DynamicPartitions"
        " Freshness HourlyPartitions Identity Last MonthlyPartitions Output Overlap"
        " ProductPartitions Quarantine Retry Secret Specific StaticMap StaticPartitions"
        " UnsafePickle Upstream WeeklyPartitions Window asset check command_asset"
        " file_asset multi_asset source sql_asset schema_from_arrow"
    ),
    "collections": _words("Counter OrderedDict deque"),
    "contextlib": _words("contextmanager"),
    "dataclasses": _words("dataclass field"),
    "datetime": _words("date datetime time timedelta timezone"),
    "datetime.date": _words("fromisoformat"),
    "datetime.datetime": _words("fromisoformat strptime"),
    "decimal": _words("Decimal"),
    "enum": _words("auto unique"),
    "fractions": _words("Fraction"),
    "functools": _words("cache cached_property lru_cache total_ordering wraps"),
    "itertools": _words(
        "accumulate chain combinations count cycle pairwise product repeat"
    ),
    "itertools.chain": _words("from_iterable"),
    "json": _words("dumps loads"),
    "logging": _words("getLogger"),
    "math": _words("ceil exp floor gcd isqrt log log10 log2 pow prod radians sqrt trunc"),
    "os.path": _words("basename dirname join splitext"),
    "pandas": _words(
        "BooleanDtype CategoricalDtype DatetimeTZDtype Float32Dtype Float64Dtype Int8Dtype"
        " Int16Dtype Int32Dtype Int64Dtype IntervalDtype PeriodDtype StringDtype"
        " UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype ArrowDtype"
    ),
    "pathlib": _words("Path PosixPath PurePath PurePosixPath"),
    "pandera": _PANDERA,
    "pandera.pandas": _PANDERA,
    "pandera.polars": _PANDERA,
    "polars": _POLARS,
    "pyarrow": _ARROW,
    "numpy": _words("dtype float32 float64 int8 int16 int32 int64 uint8 uint16 uint32"),
    "re": _words("compile escape"),
    "string": _words("Template"),
    "textwrap": _words("dedent indent"),
    "types": _words("MappingProxyType"),
    "typing": _words(
        "NamedTuple NewType ParamSpec TypeVar TypedDict cast final no_type_check overload"
        " override runtime_checkable"
    ),
    "warnings": _words("filterwarnings simplefilter"),
    "zoneinfo": _words("ZoneInfo"),
}
TIMES = frozenset(
    {"numpy.datetime64", "numpy.timedelta64", "pandas.Timedelta", "pandas.Timestamp"}
)
"""Still for a text that stands there, which must not be `now` or `today`."""

_INSIDE = ("pandera.Check.", "pandera.pandas.Check.", "pandera.polars.Check.")


def is_still_call(path: str) -> bool:
    """Return whether a call of what an import path names gives the same each time.

    >>> is_still_call("datetime.date"), is_still_call("datetime.date.today")
    (True, False)
    """
    module, _, name = path.rpartition(".")
    return name in _CALLS.get(module, ()) or path.startswith(_INSIDE)


BASES = frozenset(
    {
        *("abc.ABC", "enum.Enum", "enum.Flag", "enum.IntEnum", "enum.IntFlag"),
        *("enum.StrEnum", "typing.Generic", "typing.NamedTuple", "typing.Protocol"),
        *("typing.TypedDict", "pandera.DataFrameModel", "pandera.pandas.DataFrameModel"),
        *("pandera.polars.DataFrameModel", "pandera.SchemaModel"),
        *("pandera.api.pandas.model.DataFrameModel",),
    }
)
"""Classes outside the project of which a class may be made."""

CONSTANTS = frozenset(
    {
        *("os.extsep", "os.linesep", "os.name", "os.pathsep", "os.sep", "sys.byteorder"),
        *("sys.maxsize", "sys.platform", "sys.version_info", "uuid.NAMESPACE_DNS"),
    }
)
TRUSTED = _words(
    "assets_core calendar collections dataclasses datetime decimal enum logging math"
    " numpy pandas pandera polars pyarrow re string typing zoneinfo"
)
"""Packages whose values, such as `math.pi` and `datetime.UTC`, are the same each time."""
