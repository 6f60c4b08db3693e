from __future__ import annotations

from pathlib import Path

import pytest

import seeds
from flows.acquire import READERS
from flows.acquire.sources import KINDS, Source, SourceError, load_sources, source_for
from flows.acquire.web_lists import READ

GOOD = """
[[source]]
id = "gov"
kind = "folder"
location = "ข่าว รัฐบาล"

[[source]]
id = "wire-ข่าว.2"
kind = "zip"
location = "/data/wire.zip"
publisher = "AGENCY"
time_zone = "Asia/Shanghai"
language = "en"
include = ["*.txt", "2024/*.md"]
max_mb = 0.5
nested_zips = false
owner = "desk@example.org"
permission = "contract 7"
"""

LOCATION = "the path of the folder or archive, absolute or relative to this file"


def declared(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SourceError) as error:
        load_sources(declared(tmp_path, text))
    head, *lines = str(error.value).splitlines()
    assert str(tmp_path / "sources.toml") in head
    return [line.strip() for line in lines]


def test_every_key(tmp_path):
    gov, wire = load_sources(declared(tmp_path, GOOD))
    assert gov == Source("gov", "folder", str(tmp_path / "ข่าว รัฐบาล"))
    assert (gov.time_zone, gov.include, gov.max_bytes, gov.nested_zips) == (
        "Asia/Bangkok",
        ("*.txt",),
        32_000_000,
        True,
    )
    assert wire == Source(
        "wire-ข่าว.2",
        "zip",
        "/data/wire.zip",
        publisher="AGENCY",
        time_zone="Asia/Shanghai",
        language="en",
        include=("*.txt", "2024/*.md"),
        max_bytes=500_000,
        nested_zips=False,
        owner="desk@example.org",
        permission="contract 7",
    )


def test_the_declared_sources_of_the_project():
    path = Path(seeds.__file__).with_name("sources.toml")
    (source,) = load_sources(path)
    assert source.id == "samples"
    assert Path(source.location) == path.parent / "releases"


def test_the_example_in_the_comments_is_valid(tmp_path):
    text = Path(seeds.__file__).with_name("sources.toml").read_text(encoding="utf-8")
    example = text[text.index("# [[source]]") :].replace("\n# ", "\n").replace("\n#\n", "\n\n").removeprefix("# ")
    assert [source.kind for source in load_sources(declared(tmp_path, example))] == [*KINDS]


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (source,) = load_sources(declared(tmp_path, '[[source]]\nid = "a"\nkind = "folder"\nlocation = "~/news/../gov"\n'))
    assert source.location == str(tmp_path / "gov")


def test_every_kind_has_a_reader():
    """Those of the web read lists; warc has a crawl of its own."""
    assert {*READERS, *READ, "warc"} == set(KINDS)


def test_all_problems_at_once_each_with_its_line(tmp_path):
    text = """# sources
[[source]]
id = "gov"
kind = "fodler"
location = "x"
publsher = "p"

[[source]]
id = "gov"
kind = "zip"
time_zone = "Asia/Bankok"
include = "*.txt"
max_mb = true

[[sources]]
id = "late"
"""
    assert problems(tmp_path, text) == [
        'line 4: source "gov": kind "fodler" is no kind; did you mean "folder"?',
        'line 6: source "gov": unknown key "publsher"; did you mean "publisher"?',
        f'line 8: source "gov": location is missing: {LOCATION}',
        'line 9: source "gov": id is taken by the one at line 2; ids must differ',
        'line 11: source "gov": time_zone "Asia/Bankok" is no time zone; did you mean "Asia/Bangkok"?',
        'line 12: source "gov": include must be a list of patterns such as ["*.txt"], not "*.txt"',
        'line 13: source "gov": max_mb must be a number of megabytes above 0 and up to 1024, not true',
        'line 15: unknown key "sources"; did you mean "source"?',
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("id = 5", "source number 1: id must be a text in quotation marks, not 5"),
        ('id = ""', "id must not be empty"),
        ('id = "a b"', 'id "a b" must consist of letters'),
        ('kind = "ftp"', 'kind "ftp" is no kind; allowed: folder, zip, feed, sitemap, page, warc'),
        ('links = ["/news/*"]', 'key "links" is not for kind "folder", but for: feed, sitemap, page, warc'),
        ("location = 3", "location must be a text"),
        ('location = "~nobody-of-that-name/x"', "home folder is not known"),
        ('location = "a\\u0000b"', "NUL"),
        ('language = "Thai"', 'language "Thai" must be an ISO 639 code'),
        ('time_zone = "../etc"', 'time_zone "../etc" is no time zone; give an IANA name'),
        ("include = []", "include must be a list of patterns"),
        ("include = [1]", "include must be a list of patterns"),
        ("max_mb = 0", "max_mb must be a number"),
        ('nested_zips = "no"', "nested_zips must be true or false"),
        ("owner = []", "owner must be a text"),
        ('zebra = "x"', 'unknown key "zebra"; allowed: id, kind, location'),
    ],
)
def test_each_wrong_value(tmp_path, line, words):
    lines = {"id": 'id = "a"', "kind": 'kind = "folder"', "location": 'location = "x"'}
    lines[line.split()[0]] = line
    (problem,) = problems(tmp_path, "[[source]]\n" + "\n".join(lines.values()) + "\n")
    assert words in problem
    assert problem.startswith(f"line {list(lines.values()).index(line) + 2}: ")


WEB = """
[[source]]
id = "gov"
kind = "feed"
location = "HTTPS://www.Example.go.th:443/rss.xml#top"
contact = "desk@example.org"
permission = "section 7 of the Thai Copyright Act"

[[source]]
id = "press"
kind = "page"
location = "https://www.example.go.th/press"
links = ["/press/*", "https://media.example.go.th/*"]
contact = "https://example.org/about"
permission = "letter of 5 January 2026"
delay_seconds = 0.5
per_host = 4
max_mb = 2
overlap_days = 7
max_pages = 100
depth = 3
allow_private = true
headers_env = "PRESS_HEADERS"
keep_days = 400

[[source]]
id = "crawl"
kind = "warc"
location = "crawls/*.warc.gz"
links = ["*.go.th/*"]
permission = "terms of the crawl"
"""


def test_every_key_of_the_web(tmp_path):
    gov, press, crawl = load_sources(declared(tmp_path, WEB))
    assert gov == Source(
        "gov",
        "feed",
        "https://www.example.go.th/rss.xml",
        complete=False,
        contact="desk@example.org",
        permission="section 7 of the Thai Copyright Act",
    )
    assert (gov.delay_seconds, gov.per_host, gov.overlap_days, gov.allow_private, gov.uri) == (
        1.0,
        2,
        3.0,
        False,
        gov.location,
    )
    assert press == Source(
        "press",
        "page",
        "https://www.example.go.th/press",
        complete=False,
        max_bytes=2_000_000,
        permission="letter of 5 January 2026",
        links=("/press/*", "https://media.example.go.th/*"),
        contact="https://example.org/about",
        delay_seconds=0.5,
        per_host=4,
        overlap_days=7,
        max_pages=100,
        depth=3,
        allow_private=True,
        headers_env="PRESS_HEADERS",
        keep_days=400,
    )
    assert (crawl.kind, crawl.location, crawl.complete) == ("warc", str(tmp_path / "crawls" / "*.warc.gz"), False)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('location = "www.example.go.th/rss"', "must begin with https:// or http://"),
        ('location = "ftp://example.go.th/rss"', "must begin with https:// or http://"),
        ('location = "https://"', "is no address of the web"),
        ('location = "https://desk:secret@example.go.th/"', "must not hold a name or password: put them into the env"),
        (
            'location = "https://example.go.th/rss?lang=th&api_key=4711"',
            'must hold no key or token, and "api_key" looks like one',
        ),
        ('location = "https://example.go.th/rss?access_token=x"', '"access_token" looks like one'),
        ('location = "https://example.go.th/rss?key=x"', '"key" looks like one'),
        ("max_minutes = 0", "max_minutes must be a number of minutes from 0.1 to 10,000, not 0"),
        ('contact = "nobody"', "must be a mail address or a URL"),
        ('contact = "โต๊ะข่าว@example.org"', "must be a mail address or a URL"),
        ("delay_seconds = -1", "delay_seconds must be a number of seconds from 0 to 3,600, not -1"),
        ("per_host = 1.5", "per_host must be a whole number of requests from 1 to 32, not 1.5"),
        ("per_host = true", "per_host must be a whole number"),
        ("overlap_days = 400", "overlap_days must be a number of days from 0 to 365"),
        ("max_pages = 0", "max_pages must be a whole number of pages from 1"),
        ('links = "/news/*"', 'links must be a list of patterns such as ["/news/*"]'),
        ('allow_private = "no"', "allow_private must be true or false"),
        ('headers_env = "Bearer abc"', "headers_env must name an environment variable"),
        ("keep_days = -1", "keep_days must be a whole number of days"),
        ('include = ["*.txt"]', 'key "include" is not for kind "feed", but for: folder, zip'),
        ("complete = true", 'key "complete" is not for kind "feed"'),
    ],
)
def test_each_wrong_value_of_the_web(tmp_path, line, words):
    lines = {
        "id": 'id = "a"',
        "kind": 'kind = "feed"',
        "location": 'location = "https://example.go.th/rss"',
        "contact": 'contact = "desk@example.org"',
        "permission": 'permission = "asked"',
    }
    lines[line.split()[0]] = line
    (problem,) = problems(tmp_path, "[[source]]\n" + "\n".join(lines.values()) + "\n")
    assert words in problem
    assert "secret" not in problem
    assert problem.startswith(f"line {list(lines.values()).index(line) + 2}: ")


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("feed", ["location", "permission", "contact"]),
        ("sitemap", ["location", "permission", "contact"]),
        ("page", ["location", "permission", "contact", "links"]),
        ("warc", ["location", "permission"]),
        ("folder", ["location"]),
    ],
)
def test_what_a_source_must_say(tmp_path, kind, missing):
    told = problems(tmp_path, f'[[source]]\nid = "a"\nkind = "{kind}"\n')
    assert sorted(line.split(": ")[2].split()[0] for line in told) == sorted(missing)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no source is declared"),
        ('[source]\nid = "a"\n', "line 1: source must be a table of its own: write [[source]]"),
        ('source = "x"\n', "write [[source]], not [source]"),
        ("source = [1]\n", "write [[source]]"),
        ("zebra = 1\n", 'line 1: unknown key "zebra"; each source is a table [[source]]'),
    ],
)
def test_wrong_tables(tmp_path, text, words):
    assert words in "\n".join(problems(tmp_path, text))


def test_broken_toml_names_the_place(tmp_path):
    path = declared(tmp_path, '[[source]]\nid = "a\n')
    with pytest.raises(SourceError, match=r"is not valid TOML: .*line 2"):
        load_sources(path)


def test_a_file_that_is_no_utf8(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_bytes("# ข่าว".encode("cp874"))
    with pytest.raises(SourceError, match="not UTF-8 at byte offset 2"):
        load_sources(path)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        load_sources(tmp_path / "sources.toml")
    with pytest.raises(SourceError, match="can't be read"):
        load_sources(tmp_path)


def test_paths_on_the_command_line(tmp_path, monkeypatch):
    folder = tmp_path / "ข่าว รัฐบาล"
    folder.mkdir()
    (folder / "a.txt").write_text("ก")
    (tmp_path / "News 2024.ZIP").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    whole = source_for(Path("ข่าว รัฐบาล"))
    assert (whole.kind, whole.location) == ("folder", str(folder))
    assert whole.id.startswith("ข่าว-รัฐบาล-")
    one = source_for(folder / ".." / folder.name / "a.txt")
    assert (one.id, one.kind, one.location) == (whole.id, "folder", str(folder / "a.txt"))
    archive = source_for(Path("News 2024.ZIP"))
    assert (archive.kind, archive.location) == ("zip", str(tmp_path / "News 2024.ZIP"))
    assert archive.id.startswith("news-2024-")
    assert archive.uri == f"zip://{tmp_path}/News 2024.ZIP"


def test_two_folders_of_one_name_are_two_sources(tmp_path):
    for parent in ("a", "b"):
        (tmp_path / parent / "news").mkdir(parents=True)
    assert source_for(tmp_path / "a" / "news").id != source_for(tmp_path / "b" / "news").id


def test_a_missing_path_is_named_with_a_guess(tmp_path):
    (tmp_path / "releases").mkdir()
    with pytest.raises(SourceError, match=r"relases does not exist\. Did you mean .*/releases\?"):
        source_for(tmp_path / "relases")
    with pytest.raises(SourceError, match="Neither does its folder"):
        source_for(tmp_path / "nowhere" / "releases")
    with pytest.raises(SourceError, match="does not exist"):
        source_for(Path("~nobody-of-that-name"))


@pytest.mark.parametrize("query", ["keyword=x", "lang=th", "monkey=1", "id=token", "page_keys=2", "tokenised=1"])
def test_a_query_without_a_secret_is_no_secret(tmp_path: Path, query: str) -> None:
    declared = tmp_path / "sources.toml"
    declared.write_text(
        f'[[source]]\nid = "gov"\nkind = "feed"\nlocation = "https://example.go.th/rss?{query}"\n'
        'contact = "desk@example.org"\npermission = "made up"\n',
        encoding="utf-8",
    )
    assert [source.location for source in load_sources(declared)] == [f"https://example.go.th/rss?{query}"]
