"""Which releases say the same: near-copies found by MinHash, compared exactly, and one of each cluster that counts.

Two current releases are copies if their texts are the same but for blanks and forms of letters (`exact`), or almost the
same and state the same facts (`near`). Almost the same text with other facts is a correction, or the next of a series
(`corrected`): both count. What a release says of its own publication, the date in its head and the addresses in it, is
no fact that could differ.

Everything follows from the current releases alone: the order of loading doesn't matter. The signatures are kept, and a
release is read again only when one that resembles it comes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from schemas.validate import to_arrow
from warehouse.connect import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb
    from numpy.typing import NDArray

SHINGLE: Final = 5  # letters in a run; Thai has no blanks to part words by
ALIKE: Final = 0.8  # share of runs that two texts have in common from which they are almost the same
LETTERS: Final = 200  # a text that is shorter tells too little: it has exact copies only
PERMUTATIONS: Final = 128
BANDS: Final = 32
BANDS_SHARED: Final = 3  # at 0.8 two texts share 13 of 32 bands on average, and fewer than 3 in one of 80,000 cases
NEIGHBOURS: Final = 30  # how many of those with the same band a text is compared with: a flood stays linear
SEED: Final = 1
ROWS_AT_ONCE: Final = 1_000
PAIRS_AT_ONCE: Final = 10_000
TEXTS_KEPT: Final = 4_096  # of which the runs are kept while pairs are compared

_MIX: Final = 0x9E37_79B9_7F4A_7C15
_WORD64: Final = 1 << 64
_INVISIBLE: Final = 0
_BLANK: Final = ord(" ")
_DECOMPOSED: Final = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")

_UNSIGNED: Final = """
select release_key
from dim_release
where is_current and release_key not in (select release_key from release_signature)
"""

_BODIES: Final = "select release_key, body from dim_release semi join compared using (release_key)"

_STALE: Final = """
release_key not in (select release_key from dim_release where is_current)
"""

# Current releases in the order in which one of several copies is chosen.
_STANDING: Final = """
create or replace temp table standing as
select
    release_key,
    release_signature.text_digest,
    release_signature.bands,
    dim_release.duplicate_of_key,
    row_number() over (order by dim_release.published_on nulls last, dim_release.source_uri) as place
from dim_release
join release_signature using (release_key)
where dim_release.is_current
"""

_EXACT: Final = """
select release_key, earlier_key
from (
    select release_key, first_value(release_key) over (partition by text_digest order by place) as earlier_key
    from standing
)
where release_key <> earlier_key
"""

# Of equal texts the first alone is compared with others.
_CANDIDATES: Final = f"""
with text as (
    select release_key, place, bands
    from standing
    qualify row_number() over (partition by text_digest order by place) = 1
),

band as (
    select release_key, place, unnest(bands) as band, generate_subscripts(bands, 1) as number
    from text
),

shared as (
    select number, band
    from band
    group by number, band
    having count(*) > 1
),

seated as (
    select *, row_number() over (partition by number, band order by place) as seat
    from band
    semi join shared using (number, band)
)

select later.release_key, earlier.release_key as earlier_key
from seated as later
join seated as earlier using (number, band)
where later.seat - earlier.seat between 1 and {NEIGHBOURS}
group by later.place, later.release_key, earlier.place, earlier.release_key
having count(*) >= {BANDS_SHARED}
order by earlier.place, later.place
"""

# What the releases of a table `compared` state: each fact by its value, every other number as it is written. A date
# that context completed counts as it is written too: a repost changes not its text, but what "today" means in it.
_STATED: Final = r"""
with written as (
    select
        release_key,
        char_start,
        surface,
        concat_ws(' ', 'date', modifier) as kind,
        case when not is_relative and basis is null then edtf end as value
    from fact_date
    join dim_release using (release_key)
    where
        release_key in (select release_key from compared)
        -- A line of the head that is nothing but the day of publication.
        and not (
            paragraph_no < 9
            and sentence_end - sentence_start = char_end - char_start
            and date_start is not distinct from published_on
            and date_end is not distinct from published_on
        )
    union all
    select
        release_key,
        char_start,
        surface,
        'money',
        concat_ws(' ', amount, amount_max, currency_code, comparator, per_unit)
    from fact_money
    where release_key in (select release_key from compared)
    union all
    select
        release_key,
        char_start,
        surface,
        'count',
        concat_ws(' ', value, value_max, coalesce(unit_code, unit_text), comparator, per_unit)
    from fact_count
    where release_key in (select release_key from compared)
    union all
    select
        release_key,
        char_start,
        surface,
        'measure',
        concat_ws(' ', value, value_max, unit_code, comparator, per_unit)
    from fact_measure
    where release_key in (select release_key from compared)
    union all
    select fact_numeral.release_key, fact_numeral.char_start, fact_numeral.surface, 'number', null
    from fact_numeral
    left join dim_rule using (rule_key)
    where
        fact_numeral.release_key in (select release_key from compared)
        and fact_numeral.role not in ('date', 'money', 'count', 'measure')
        and dim_rule.rule_name is distinct from 'identifier.url'
)

select
    release_key,
    surface,
    kind || ' ' || coalesce(
        value, regexp_replace(translate(surface, '๐๑๒๓๔๕๖๗๘๙', '0123456789'), '[\s\p{Z},]+', '', 'g')
    ) as stated
from written
order by release_key, char_start, kind
"""

_MARK: Final = """
update dim_release
set duplicate_of_key = marked.original_key
from marked
where
    dim_release.release_key = marked.release_key
    and dim_release.duplicate_of_key is distinct from marked.original_key
"""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Two current releases with almost the same text, and what they state differently, as written."""

    release_key: int
    earlier_key: int
    kind: str
    similarity: float
    facts_added: list[str]
    facts_missing: list[str]


Pair = tuple[int, int]


def relate(con: duckdb.DuckDBPyConnection) -> int:
    """Bring signatures, similarities and `duplicate_of_key` up to the current releases; how many of these changed.

    All of it or nothing, and nothing at all where no release has come or gone since.

    Raises:
        WarehouseError: the database could not be written.
    """
    if not _has_changed(con):
        return 0
    with transaction(con):
        con.execute(f"delete from release_signature where {_STALE}")
        _sign(con)
        con.execute(_STANDING)
        exact: list[Pair] = con.execute(_EXACT).fetchall()
        found = [Similarity(release, earlier, "exact", 1.0, [], []) for release, earlier in exact]
        found += _alike(con)
        _replace(con, found)
        changed = _mark(con, found)
        con.execute("drop table standing")
    return changed


def _has_changed(con: duckdb.DuckDBPyConnection) -> bool:
    ((came, went),) = con.execute(
        f"select exists ({_UNSIGNED}), exists (from release_signature where {_STALE})"
    ).fetchall()
    return bool(came or went)


# ── Signatures ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _sign(con: duckdb.DuckDBPyConnection) -> None:
    """Sign the current releases that have no signature yet."""
    rows: list[tuple[int, int, list[int]]] = []
    with _keys(con, [key for (key,) in con.execute(_UNSIGNED).fetchall()]):
        for texts in _read(con, _BODIES):
            letters = [letters_of(body) for _, body in texts]
            bands = bands_of([runs_of(each) for each in letters if len(each) >= LETTERS])
            for (key, _), each in zip(texts, letters, strict=True):
                rows.append((key, _digest(each), next(bands).tolist() if len(each) >= LETTERS else []))
    _insert(con, "release_signature", rows)


def _read(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[list[tuple[int, str]]]:
    """Keys and texts, some at a time: together they may be larger than the memory."""
    result = con.execute(sql)
    while rows := result.fetchmany(ROWS_AT_ONCE):
        yield rows


def letters_of(text: str) -> NDArray[np.uint16]:
    """A text in UTF-16 without blanks and invisible marks, each letter, digit, dash and quote in one form.

    A blank stays between two digits: it parts two numbers.
    """
    if "\u0e4d" in text:
        text = _DECOMPOSED.sub("\\1\u0e33", text)
    folded = _forms()[np.frombuffer(text.replace("เเ", "แ").encode("utf-16-le"), dtype="<u2")]
    folded = folded[folded != _INVISIBLE]
    at = np.flatnonzero(folded != _BLANK)
    letters = folded[at]
    is_digit = (letters >= ord("0")) & (letters <= ord("9"))
    parted = np.flatnonzero((np.diff(at) > 1) & is_digit[:-1] & is_digit[1:])
    return np.insert(letters, parted + 1, _BLANK) if len(parted) else letters


@cache
def _forms() -> NDArray[np.uint16]:
    """By code unit the one form of a character; the halves of rarer ones stand for themselves."""
    return np.array([_form(chr(code)) for code in range(0x1_0000)], dtype="<u2")


def _form(letter: str) -> int:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return ord(str(digit))
    if letter.isspace():
        return _BLANK
    match unicodedata.category(letter):
        case "Cc" | "Cf":
            return _INVISIBLE
        case "Pd":
            return ord("-")
        case "Pi" | "Pf":
            return ord('"')
    small = letter.lower()
    return ord(small) if len(small) == 1 else ord(letter)


def _digest(letters: NDArray[np.uint16]) -> int:
    return int.from_bytes(blake2b(letters.tobytes(), digest_size=8).digest(), "big", signed=True)


def runs_of(letters: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Hashes of all runs of `SHINGLE` letters, in order."""
    codes = letters.astype(np.uint64)
    count = len(codes) - SHINGLE + 1
    runs = np.zeros(count, dtype=np.uint64)
    for at in range(SHINGLE):
        runs += codes[at : at + count] * np.uint64(pow(_MIX, at + 1, _WORD64))
    runs ^= runs >> np.uint64(32)
    runs *= np.uint64(_MIX)
    return runs ^ (runs >> np.uint64(29))


def bands_of(texts: Sequence[NDArray[np.uint64]]) -> Iterator[NDArray[np.int32]]:
    """For each text the hashes of the bands of its MinHash signature.

    Args:
        texts: the runs of each text.
    """
    from rensa import RMinHash

    if not texts:
        return
    ends = np.cumsum([0, *map(len, texts)]).tolist()
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(texts), ends, PERMUTATIONS, SEED)
    rows = np.array(matrix.to_rows(), dtype=np.uint64).reshape(len(texts), BANDS, PERMUTATIONS // BANDS)
    mixed = np.zeros(rows.shape[:2], dtype=np.uint64)
    for at in range(rows.shape[2]):
        mixed = (mixed ^ rows[:, :, at]) * np.uint64(_MIX)
    yield from (mixed >> np.uint64(32)).astype(np.uint32).view(np.int32)


# ── Similarities ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _alike(con: duckdb.DuckDBPyConnection) -> list[Similarity]:
    """The pairs of releases, not exactly equal, whose texts are almost the same.

    Those that are known stand as they are: neither text nor facts of a revision ever change.
    """
    known = {
        (row[0], row[1]): Similarity(*row)
        for row in con.execute("from release_similarity where kind <> 'exact'").fetchall()
    }
    candidates: list[Pair] = con.execute(_CANDIDATES).fetchall()
    found = [known[pair] for pair in candidates if pair in known]
    new = [pair for pair in candidates if pair not in known]
    for at in range(0, len(new), PAIRS_AT_ONCE):
        found += _compared(con, new[at : at + PAIRS_AT_ONCE])
    return found


def _compared(con: duckdb.DuckDBPyConnection, pairs: list[Pair]) -> Iterator[Similarity]:
    alike = dict(_measured(con, pairs))
    stated = _stated(con, {key for pair in alike for key in pair})
    for (release, earlier), similarity in alike.items():
        added, missing = _difference(stated[release], stated[earlier]), _difference(stated[earlier], stated[release])
        kind = "corrected" if added or missing else "near"
        yield Similarity(release, earlier, kind, similarity, added, missing)


def _measured(con: duckdb.DuckDBPyConnection, pairs: list[Pair]) -> Iterator[tuple[Pair, float]]:
    """The pairs that are almost the same, with the share of runs that they have in common."""
    bodies: dict[int, str] = {}
    with _keys(con, {key for pair in pairs for key in pair}):
        for texts in _read(con, _BODIES):
            bodies.update(texts)

    @lru_cache(TEXTS_KEPT)
    def runs(key: int) -> NDArray[np.uint64]:
        return np.unique(runs_of(letters_of(bodies[key])))

    for release, earlier in pairs:
        one, other = runs(release), runs(earlier)
        if min(len(one), len(other)) < ALIKE * max(len(one), len(other)):
            continue
        shared = len(np.intersect1d(one, other, assume_unique=True))
        similarity = shared / (len(one) + len(other) - shared)
        if similarity >= ALIKE:
            yield (release, earlier), similarity


def _stated(con: duckdb.DuckDBPyConnection, releases: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """By release what it states, in the order of the text: as written, and in the form to compare."""
    found: dict[int, list[tuple[str, str]]] = {key: [] for key in releases}
    with _keys(con, found):
        for key, surface, stated in con.execute(_STATED).fetchall():
            found[key].append((surface, stated))
    return found


def _difference(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> list[str]:
    """What the one states more often than the other, as it writes it."""
    left = Counter(stated for _, stated in other)
    more = []
    for surface, stated in one:
        if left[stated]:
            left[stated] -= 1
        else:
            more.append(surface)
    return list(dict.fromkeys(more))


@contextmanager
def _keys(con: duckdb.DuckDBPyConnection, releases: Iterable[int]) -> Iterator[None]:
    """Have the keys in a table `compared` for the length of the block."""
    con.register("compared", pa.table({"release_key": pa.array(sorted(releases), pa.int64())}))
    try:
        yield
    finally:
        con.unregister("compared")


# ── What follows ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _mark(con: duckdb.DuckDBPyConnection, found: Iterable[Similarity]) -> int:
    """Point each copy to the first of its cluster; how many releases point elsewhere than before."""
    places: dict[int, int] = dict(con.execute("select release_key, place from standing").fetchall())
    originals = {key: key for key in places}

    def original(key: int) -> int:
        while originals[key] != key:
            originals[key] = key = originals[originals[key]]
        return key

    for pair in found:
        if pair.kind != "corrected":
            first, second = sorted((original(pair.release_key), original(pair.earlier_key)), key=places.__getitem__)
            originals[second] = first
    pointed = [None if original(key) == key else original(key) for key in places]
    marked = {"release_key": pa.array(places, pa.int64()), "original_key": pa.array(pointed, pa.int64())}
    con.register("marked", pa.table(marked))
    row = con.execute(_MARK).fetchone()
    con.unregister("marked")
    return 0 if row is None else int(row[0])


def _replace(con: duckdb.DuckDBPyConnection, found: Iterable[Similarity]) -> None:
    con.execute("delete from release_similarity")
    _insert(con, "release_similarity", sorted(map(astuple, found)))


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    added, _, misfits = to_arrow(table, rows)
    assert not misfits, misfits
    con.register("added", added)
    con.execute(f"insert into {table} by name from added")
    con.unregister("added")
