"""The seed tables hold what their readers rely on: formats, keys, references, and figures that must agree."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import holidays_seed
import pytest

import seeds
from schemas.tables import schemas
from schemas.values import Comparator
from warehouse.migrate import marts

HEADERS = {
    "months": "month,surface,kind",
    "weekdays": "iso_weekday,surface,kind",
    "eras": "surface,era",
    "number_words": "surface,value,note",
    "scale_words": "surface,factor,note",
    "comparators": "surface,position,comparator,note",
    "currencies": "currency_code,numeric_code,minor_digits,name_en,name_th,source",
    "currency_forms": "surface,currency_code,position,evidence,factor,note",
    "units": "unit_code,ucum_code,name_en,name_th,kind,factor_to_si,si_unit,source,canonical_code",
    "unit_forms": "surface,unit_code,position,note",
    "classifiers": "surface,unit_code,entity_class,evidence,blocked_by,note",
    "exchange_rates_monthly": "currency_code,month,thb_per_unit,days,source",
    "exchange_rates_annual": "currency_code,year,lcu_per_usd,source",
    "holidays": "date,name_th,name_en",
    "places": "place_code,kind,name_en,name_th,variants,parent_code,source,ambiguous,alpha_3,numeric_code",
    "place_contexts": "surface,kind,places,note",
}
KEYS = {
    "months": ("surface",),
    "weekdays": ("surface",),
    "eras": ("surface",),
    "number_words": ("surface",),
    "scale_words": ("surface",),
    "comparators": ("surface", "position"),
    "currencies": ("currency_code",),
    "currency_forms": ("surface", "currency_code", "position"),
    "units": ("unit_code",),
    "unit_forms": ("surface", "position"),
    "classifiers": ("surface",),
    "exchange_rates_monthly": ("currency_code", "month"),
    "exchange_rates_annual": ("currency_code", "year"),
    "holidays": ("date",),
    "places": ("place_code",),
    "place_contexts": ("surface", "kind"),
}
REQUIRED_UNITS = re.findall(
    r"\S+",
    "% km2 m2 ha [rai] [ngan] [wah2] km m cm mm t kg g L m3 a mo wk d h min s "
    "MW kW GW kWh MWh Cel [bbl] {times} [bp] {point}",
)


def column(table: str, name: str) -> list[str]:
    return [row[name] for row in seeds.rows(table)]


def factor(code: str) -> Fraction:
    return next(Fraction(row["factor_to_si"]) for row in seeds.rows("units") if row["unit_code"] == code)


class TestReader:
    def test_unknown_table_names_the_ones_there_are(self) -> None:
        with pytest.raises(LookupError, match=r"no seed table 'unit'.*units"):
            seeds.rows("unit")
        with pytest.raises(LookupError, match="no seed table"):
            seeds.path("../pyproject")

    def test_rows_are_cached_and_read_only(self) -> None:
        first = seeds.rows("months")
        assert first is seeds.rows("months")
        with pytest.raises(TypeError):
            first[0]["month"] = "13"  # type: ignore[index]

    def test_a_row_of_the_wrong_width_is_named(self, tmp_path, monkeypatch) -> None:
        (tmp_path / "torn.csv").write_text("a,b\n1,2\n3\n", encoding="utf-8")
        (tmp_path / "bare.csv").write_text("", encoding="utf-8")
        monkeypatch.setattr(seeds, "_FOLDER", tmp_path)
        with pytest.raises(ValueError, match=r"torn\.csv, line 3: 1 cells where the header has 2"):
            seeds.rows("torn")
        with pytest.raises(ValueError, match="empty: restore its header row"):
            seeds.rows("bare")


@pytest.mark.parametrize("table", seeds.names())
def test_file_is_clean_text(table) -> None:
    raw = seeds.path(table).read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert text.endswith("\n")
    hidden = re.compile("[\u00a0\u00ad\u200b-\u200f\ufeff]|\u0e4d[\u0e48-\u0e4b]?\u0e32|เเ")
    found = [cell for row in seeds.rows(table) for cell in row.values() if cell != cell.strip() or hidden.search(cell)]
    assert found == [], "stray space, invisible character or decomposed vowel"
    assert seeds.rows(table), "empty table"


@pytest.mark.parametrize("table", HEADERS)
def test_header_and_key(table) -> None:
    assert ",".join(seeds.rows(table)[0]) == HEADERS[table]
    keys = Counter(tuple(row[name] for name in KEYS[table]) for row in seeds.rows(table) if row.get("surface") != "¥")
    assert [key for key, count in keys.items() if count > 1] == []
    assert not any(part == "" for key in keys for part in key)


def test_months_are_complete() -> None:
    forms = defaultdict(set)
    for row in seeds.rows("months"):
        forms[int(row["month"])].add(row["kind"])
    assert set(forms) == set(range(1, 13))
    always = {"full", "abbr", "undotted", "short", "english"}
    assert all(always <= kinds <= {*always, "misspelling", "english_abbr"} for kinds in forms.values())
    assert Counter(column("months", "kind"))["full"] == 12


def test_weekdays_and_eras() -> None:
    full = {row["iso_weekday"]: row["surface"] for row in seeds.rows("weekdays") if row["kind"] == "full"}
    assert list(full) == list("1234567")
    assert full["1"] == "จันทร์"
    assert set(column("eras", "era")) == {"BE", "CE"}


def test_scale_words_multiply_out() -> None:
    factors = {row["surface"]: Fraction(row["factor"]) for row in seeds.rows("scale_words")}
    places = ("สิบ", "ร้อย", "พัน", "หมื่น", "แสน", "ล้าน")
    assert [factors[word] for word in places] == [Fraction(10**power) for power in range(1, 7)]
    for word, value in factors.items():
        assert value > 1
        parts = re.findall("|".join(places), word)
        if parts and "".join(parts) == word.replace(" ", ""):
            product = Fraction(1)
            for part in parts:
                product *= factors[part]
            assert value == product, word


def test_number_words() -> None:
    values = {row["surface"]: Decimal(row["value"]) for row in seeds.rows("number_words")}
    digits = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
    assert [values[word] for word in digits] == [Decimal(digit) for digit in range(10)]


def test_comparators_are_of_the_schema() -> None:
    assert set(column("comparators", "comparator")) == {member.value for member in Comparator}
    assert set(column("comparators", "position")) == {"before", "between", "after"}
    meaning = {(row["surface"], row["position"]): row["comparator"] for row in seeds.rows("comparators")}
    stated = {
        ("ประมาณ", "before"): "approx",
        ("เกือบ", "before"): "approx",
        ("กว่า", "between"): "gt",
        ("มากกว่า", "before"): "gt",
        ("ทะลุ", "before"): "gt",
        ("ไม่น้อยกว่า", "before"): "ge",
        ("ขึ้นไป", "after"): "ge",
        ("ไม่ถึง", "before"): "lt",
        ("ไม่เกิน", "before"): "le",
        ("สูงสุด", "before"): "le",
        ("มากถึง", "before"): "eq",
    }
    assert {key: meaning[key] for key in stated} == stated


class TestCurrencies:
    def test_codes(self) -> None:
        assert all(re.fullmatch("[A-Z]{3}", code) for code in column("currencies", "currency_code"))
        assert all(re.fullmatch(r"\d{3}", code) for code in column("currencies", "numeric_code"))
        assert set(column("currencies", "minor_digits")) <= {"0", "2", "3"}
        assert all(row["name_en"] and row["name_th"] for row in seeds.rows("currencies"))
        digits = dict(zip(column("currencies", "currency_code"), column("currencies", "minor_digits"), strict=True))
        assert (digits["THB"], digits["VND"], digits["KWD"], digits["XDR"]) == ("2", "0", "3", "0")

    def test_forms(self) -> None:
        assert set(column("currency_forms", "currency_code")) <= set(column("currencies", "currency_code"))
        assert set(column("currency_forms", "position")) == {"before", "after", "both"}
        assert set(column("currency_forms", "evidence")) == {"plain", "number_only", "scale_or_country"}
        assert all(Fraction(value) > 0 for value in column("currency_forms", "factor"))

    def test_a_surface_has_one_currency(self) -> None:
        codes = defaultdict(set)
        for row in seeds.rows("currency_forms"):
            codes[row["surface"]].add(row["currency_code"])
        shared = {surface: found for surface, found in codes.items() if len(found) > 1}
        assert shared == {"¥": {"CNY", "JPY"}}, "any other shared form needs a rule that tells them apart"

    @pytest.mark.parametrize(
        ("surface", "code", "times"),
        [
            ("ลบ.", "THB", "1000000"),
            ("สตางค์", "THB", "0.01"),
            ("ดอลล่าร์", "USD", "1"),
            ("เหรียญ", "USD", "1"),
            ("เหรียญมาเก๊า", "MOP", "1"),
            ("เหรียญไต้หวัน", "TWD", "1"),
            ("หยวน", "CNY", "1"),
            ("ด่ง", "VND", "1"),
            ("RMB", "CNY", "1"),
        ],
    )
    def test_meaning(self, surface, code, times) -> None:
        assert {
            (row["currency_code"], row["factor"]) for row in seeds.rows("currency_forms") if row["surface"] == surface
        } == {(code, times)}


class TestUnits:
    def test_required_codes_are_there(self) -> None:
        assert set(REQUIRED_UNITS) <= set(column("units", "unit_code"))

    def test_factors_are_exact_and_have_a_base(self) -> None:
        for row in seeds.rows("units"):
            if row["factor_to_si"]:
                assert Fraction(row["factor_to_si"]) > 0, row
                assert "e" not in row["factor_to_si"].lower(), "write the factor out"
                assert row["si_unit"], row
        without = {row["canonical_code"] for row in seeds.rows("units") if not row["factor_to_si"]}
        calendar = {"a", "mo", "ไตรมาส", "ทศวรรษ", "ศตวรรษ", "คืน"}
        assert without == calendar | {"Cel", "องศาฟาเรนไฮต์", "องศาเหนือ", "dB", "แมกนิจูด", "IU"}

    def test_spellings_of_one_unit_agree(self) -> None:
        units = {row["unit_code"]: row for row in seeds.rows("units")}
        shared = ("ucum_code", "name_en", "name_th", "kind", "factor_to_si", "si_unit", "canonical_code")
        for row in units.values():
            canonical = units[row["canonical_code"]]
            assert [row[name] for name in shared] == [canonical[name] for name in shared], row

    def test_forms_and_units_name_each_other(self) -> None:
        assert set(column("unit_forms", "unit_code")) == set(column("units", "unit_code"))
        assert set(column("unit_forms", "position")) == {"before", "after"}
        for row in seeds.rows("unit_forms"):
            assert row["unit_code"] in REQUIRED_UNITS or row["unit_code"] == row["surface"], row

    @pytest.mark.parametrize(
        ("unit", "definition"),
        [
            ("[rai]", 4 * factor("[ngan]")),
            ("[rai]", 400 * factor("[wah2]")),
            ("[wah2]", factor("วา") ** 2),
            ("เส้น", 20 * factor("วา")),
            ("โยชน์", 400 * factor("เส้น")),
            ("km2", factor("km") ** 2),
            ("ตารางฟุต", factor("ฟุต") ** 2),
            ("ตารางนิ้ว", factor("นิ้ว") ** 2),
            ("ตารางไมล์", factor("ไมล์") ** 2),
            ("เอเคอร์", 43560 * factor("ตารางฟุต")),
            ("ฟุต", 12 * factor("นิ้ว")),
            ("หลา", 3 * factor("ฟุต")),
            ("ไมล์", 1760 * factor("หลา")),
            ("แกลลอน", 231 * factor("นิ้ว") ** 3),
            ("[bbl]", 42 * factor("แกลลอน")),
            ("ลูกบาศก์ฟุต", factor("ฟุต") ** 3),
            ("ปอนด์", 16 * factor("ออนซ์")),
            ("ช็อตตัน", 2000 * factor("ปอนด์")),
            ("ลองตัน", 2240 * factor("ปอนด์")),
            ("ทรอยออนซ์", Fraction(480, 7000) * factor("ปอนด์")),
            ("ชั่ง", 20 * 4 * Fraction("0.0075")),
            ("หาบ", 100 * factor("ชั่ง")),
            ("kWh", factor("kW") * factor("h")),
            ("MWh", factor("MW") * factor("h")),
            ("แรงม้า", 75 * Fraction("9.80665")),
            ("psi", factor("ปอนด์") * Fraction("9.80665") / factor("นิ้ว") ** 2),
            ("ksc", Fraction("9.80665") / factor("cm") ** 2),
            ("ล้านบีทียู", 10**6 * factor("บีทียู")),
            ("knots", factor("ไมล์ทะเล") / factor("h")),
            ("kph", factor("km") / factor("h")),
            ("wk", 7 * factor("d")),
            ("toe", 10**7 * Fraction("4.1868") * 1000),
        ],
    )
    def test_factor_follows_from_its_definition(self, unit, definition) -> None:
        assert factor(unit) == definition


class TestClassifiers:
    def test_values(self) -> None:
        assert all(re.fullmatch(r"\{[a-z_]+\}", code) for code in column("classifiers", "unit_code"))
        assert set(column("classifiers", "evidence")) == {"plain", "boundary"}
        assert all(re.fullmatch("[a-z_]+", name) for name in column("classifiers", "entity_class"))

    def test_a_class_of_things_is_of_one_kind(self) -> None:
        kinds = defaultdict(set)
        for row in seeds.rows("classifiers"):
            kinds[row["unit_code"]].add(row["entity_class"])
        assert {code: found for code, found in kinds.items() if len(found) > 1} == {}

    def test_blocking_words_extend_the_classifier(self) -> None:
        surfaces = set(column("classifiers", "surface"))
        for row in seeds.rows("classifiers"):
            for word in filter(None, row["blocked_by"].split(";")):
                assert word.startswith(row["surface"]), row
                assert word != row["surface"], row
                assert word not in surfaces, f"{word} is counted itself: the longest match decides"

    def test_measured_counts_are_consistent(self) -> None:
        for row in seeds.rows("classifiers"):
            found = re.search(r"\bn=(\d+)(?:; of=(\d+))?(?:; ends=(\d+))?$", row["note"])
            assert found, row
            counted, total, ends = (int(part) if part else None for part in found.groups())
            assert counted <= (total if total is not None else counted), row
            assert (ends or 0) <= counted, row

    def test_frequent_ones_are_there(self) -> None:
        wanted = "คน ราย แห่ง โครงการ ประเทศ ฝ่าย คัน ครั้ง เตียง รูป/คน บริษัท มหาวิทยาลัย แพลตฟอร์ม หมู่บ้าน"
        assert set(re.findall(r"\S+", wanted)) <= set(column("classifiers", "surface"))


class TestExchangeRates:
    def test_monthly(self) -> None:
        assert set(column("exchange_rates_monthly", "currency_code")) <= set(column("currencies", "currency_code"))
        months = defaultdict(list)
        for row in seeds.rows("exchange_rates_monthly"):
            assert re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", row["month"]), row
            assert Decimal(row["thb_per_unit"]) > 0, row
            assert 1 <= int(row["days"]) <= 23, row
            year, month = map(int, row["month"].split("-"))
            months[row["currency_code"]].append(12 * year + month)
        # The bank suspended its króna rate from December 2008 to January 2018.
        torn = {code for code, found in months.items() if any(b - a != 1 for a, b in pairwise(found))}
        assert torn == {"ISK"}
        assert {"USD", "CNY", "EUR", "JPY", "SGD", "MYR", "IDR", "PHP", "KRW", "HKD"} <= set(months)

    def test_annual(self) -> None:
        assert set(column("exchange_rates_annual", "currency_code")) <= set(column("currencies", "currency_code"))
        for row in seeds.rows("exchange_rates_annual"):
            assert 1990 <= int(row["year"]) <= 2024, row
            assert Decimal(row["lcu_per_usd"]) > 0, row
        assert {"THB", "VND", "LAK", "KHR", "MMK", "BND", "MOP"} <= set(
            column("exchange_rates_annual", "currency_code")
        )

    def test_the_two_sources_agree(self) -> None:
        means = defaultdict(list)
        for row in seeds.rows("exchange_rates_monthly"):
            means[row["currency_code"], row["month"][:4]].append(Decimal(row["thb_per_unit"]))
        mean = {key: sum(found) / 12 for key, found in means.items() if len(found) == 12}
        annual = {
            (row["currency_code"], row["year"]): Decimal(row["lcu_per_usd"])
            for row in seeds.rows("exchange_rates_annual")
        }
        apart = set()
        compared = 0
        for (code, year), local in annual.items():
            baht = mean.get(("USD", year))
            here = baht if code == "THB" else mean.get((code, year))
            if baht is None or here is None:
                continue
            compared += 1
            other = here if code == "THB" else baht / here
            if abs(other / local - 1) > Decimal("0.02"):
                apart.add((code, year))
        assert compared > 250
        # In 2007 capital controls split the baht: the offshore rate stood some 6 % from the onshore one.
        assert apart == {("THB", "2007")}


class TestPlaces:
    def test_codes_and_parents(self) -> None:
        shape = {
            "country": "[A-Z]{2}",
            "province": "(TH|CN)-[A-Z0-9]{2}",
            "city": r"GN\d+|TH-S|XX-[A-Z]+",
            "region": "R-[A-Z-]+",
        }
        codes = set(column("places", "place_code"))
        for row in seeds.rows("places"):
            assert re.fullmatch(shape[row["kind"]], row["place_code"]), row
            assert not row["parent_code"] or row["parent_code"] in codes, row
            assert row["name_en"], row
            names = [row["name_th"], *filter(None, row["variants"].split(";"))]
            assert all(names), row
            assert len(names) == len(set(names)), row
            assert set(filter(None, row["ambiguous"].split(";"))) <= set(names), row
            assert bool(row["alpha_3"]) == bool(row["numeric_code"]) == (row["kind"] == "country"), row

    def test_a_name_has_one_place(self) -> None:
        names = Counter(
            name for row in seeds.rows("places") for name in (row["name_th"], *filter(None, row["variants"].split(";")))
        )
        assert [name for name, count in names.items() if count > 1] == []

    def test_contexts_are_of_known_kinds_and_places(self) -> None:
        assert set(column("place_contexts", "kind")) == {"title", "other", "longer"}
        assert set(";".join(column("place_contexts", "places")).split(";")) == {"TH", "CN", "country", "city", ""}
        names = {
            name for row in seeds.rows("places") for name in (row["name_th"], *filter(None, row["variants"].split(";")))
        }
        longer = [row["surface"] for row in seeds.rows("place_contexts") if row["kind"] == "longer"]
        assert [word for word in longer if not any(name in word for name in names)] == []

    def test_lists_are_complete(self) -> None:
        kinds = Counter((row["kind"], row["parent_code"]) for row in seeds.rows("places"))
        assert kinds["country", ""] == 249
        assert kinds["province", "TH"] == 77
        assert kinds["province", "CN"] == 31  # Hong Kong, Macao and Taiwan have ISO 3166-1 entries of their own

    def test_near_namesakes_stay_apart(self) -> None:
        code = {row["name_th"]: row["place_code"] for row in seeds.rows("places") if row["kind"] == "province"}
        assert (code["ซานซี"], code["ส่านซี"]) == ("CN-SX", "CN-SN")
        assert (code["เหอหนาน"], code["หูหนาน"]) == ("CN-HA", "CN-HN")
        assert (code["เหอเป่ย"], code["หูเป่ย"]) == ("CN-HE", "CN-HB")


def test_holidays_are_those_of_the_library() -> None:
    assert [tuple(row.values()) for row in seeds.rows("holidays")] == holidays_seed.rows()


def test_every_table_has_its_source() -> None:
    text = (seeds.path("months").parent / "SOURCES.md").read_text(encoding="utf-8")
    assert [name for name in seeds.names() if f"`{name}.csv`" not in text] == []


def test_the_origins_for_programs_are_those_for_people() -> None:
    text = (seeds.path("months").parent / "SOURCES.md").read_text(encoding="utf-8")
    for origin in seeds.origins():
        assert origin.get("licence", "") in text, origin["title"]
        assert ("licence" in origin) == ("terms" in origin)
    named = {table for origin in seeds.origins() for table in origin["tables"]}
    assert named <= {*schemas(), *marts()}
    assert named >= {"dim_currency", "dim_unit", "dim_place", "dim_date", "fx_rate_monthly", "fx_rate_annual"}
