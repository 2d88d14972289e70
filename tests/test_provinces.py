"""The registry and what people call its units."""

from __future__ import annotations

import csv
import json
import pickle
import subprocess
import sys
import unicodedata
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parstudy.errors import ProvinceError
from parstudy.facts import provinces
from parstudy.facts.provinces import (
    members,
    regions,
    registry,
    resolve,
    resolve_gso,
    resolve_region,
    resolve_unit,
    sort_key_vi,
    successor,
    units,
)

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"

# what stands in published tables and in the design, beside the official names
SPELLINGS = {
    "ho-chi-minh": [
        "TP. Hồ Chí Minh", "Tp HCM", "Hồ Chí Minh", "TPHCM", "TP.HCM", "Tp. HCM", "T.P Hồ Chí Minh",
        "Thành phố Hồ Chí Minh", "HCMC", "Ho Chi Minh City", "ho-chi-minh", "VN-SG", "Sài Gòn",
        "TP. Hồ\nChí Minh",
    ],
    "thua-thien-hue": [
        "Thừa Thiên - Huế", "Thừa Thiên Huế", "TT Huế", "TT. Huế", "T.T. Huế", "Huế", "TP Huế",
        "Thừa Thiên-Huế", "Thua Thien-Hue", "VN-26",
    ],
    "dak-lak": ["Đắk Lắk", "Đắc Lắc", "Đăk Lăk", "Daklak", "Đắc Lắk", "Đak Lak", "Ðắk Lắk"],
    "dak-nong": ["Đắk Nông", "Đắc Nông", "Đăk Nông", "Daknong", "Dac Nong"],
    "ba-ria-vung-tau": [
        "Bà Rịa - Vũng Tàu", "Bà Rịa-Vũng Tàu", "Bà Rịa Vũng Tàu", "BR-VT", "BRVT", "BR - VT",
        "tỉnh Bà Rịa - Vũng Tàu", "Ba Ria Vung Tau",
    ],
    "hoa-binh": ["Hòa Bình", "Hoà Bình", "Hoa Binh", "Hoa Bình"],
    "thanh-hoa": ["Thanh Hóa", "Thanh Hoá", "T. Thanh Hóa"],
    "khanh-hoa": ["Khánh Hòa", "Khánh Hoà"],
    "bac-kan": ["Bắc Kạn", "Bắc Cạn", "Bac Can"],
    "kon-tum": ["Kon Tum", "Kontum", "Kon-Tum"],
    "lai-chau": ["Lai Châu", "Lai Chau", "LAI CHÂU"],
    "lang-son": [
        "Lạng Sơn", "tỉnh Lạng Sơn", "TỈNH LẠNG SƠN", "Lang Son Province", "lang_son", "gso:20",
        "VN-09", "vn09", "  Lạng \u00a0 Sơn\t", "Lạng\u200bSơn",
    ],
    "ha-noi": ["Hà Nội", "Hanoi", "TP Hà Nội", "Thành phố Hà Nội", "Hà-Nội", "VN-HN"],
    "da-nang": ["Đà Nẵng", "Ðà Nẵng", "Danang", "TP. Đà Nẵng", "Da Nang City"],
}  # fmt: skip


def plain(text: str) -> str:
    """Fold without the library's code: bare lower-case letters and digits."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join("d" if c in "đðɖ" else c for c in text)
    return "".join(
        c for c in text if not unicodedata.combining(c) and unicodedata.category(c)[0] in "LNSC"
    ).translate({ord(c): None for c in "\n\r\t\v\f\x85\u2212`"})


def variants(text: str) -> set[str]:
    cased = {text, text.upper(), text.lower(), text.title()}
    dashed = {t.replace("-", dash) for t in cased for dash in DASHES}
    return {unicodedata.normalize(form, t) for t in dashed for form in ("NFC", "NFD")}


def code_of(text: str, geography: str = "63") -> str:
    with pytest.raises(ProvinceError) as caught:
        resolve(text, geography)
    return caught.value.code


class TestRegistry:
    def test_counts_and_keys(self):
        table = registry()
        assert table.groupby("geography").size().to_dict() == {"63": 63, "34": 34}
        assert not table.duplicated(["geography", "province_id"]).any()
        assert not table.duplicated(["geography", "gso_code"]).any()
        assert not table.duplicated(["geography", "tile_row", "tile_col"]).any()
        assert (table["province_id"].str.fullmatch(r"[a-z]+(-[a-z]+)*")).all()
        assert all(unicodedata.is_normalized("NFC", name) for name in table["name_vi"])
        assert list(table.columns) == [
            "geography", "province_id", "gso_code", "iso_3166_2", "name_vi", "name_en",
            "region_id", "successor_id", "valid_from", "valid_to", "tile_row", "tile_col",
        ]  # fmt: skip

    def test_regions_hold_the_63(self):
        counts = registry("63").groupby("region_id").size().to_dict()
        assert counts == {
            "red-river-delta": 11,
            "northern-midlands-and-mountains": 14,
            "north-central-and-central-coast": 14,
            "central-highlands": 5,
            "south-east": 6,
            "mekong-river-delta": 13,
        }
        assert set(regions()["region_id"]) == set(counts)

    def test_a_merged_unit_has_a_region_only_when_its_members_share_it(self):
        for unit in units("34"):
            old = {m.region_id for m in members(unit)}
            assert unit.region_id == (next(iter(old)) if len(old) == 1 else "")

    def test_mergers_are_a_partition(self):
        assert sorted(m.province_id for u in units("34") for m in members(u)) == sorted(
            u.province_id for u in units("63")
        )
        assert all(successor(m) == u for u in units("34") for m in members(u))
        assert [m.province_id for m in members("Phú Thọ")] == ["hoa-binh", "phu-tho", "vinh-phuc"]
        assert successor("Hà Giang").province_id == "tuyen-quang"
        assert sum(len(members(u)) == 1 for u in units("34")) == 11

    def test_members_and_successor_know_their_geography(self):
        for wrong in (lambda: members(resolve("Lào Cai", "63")), lambda: successor(units("34")[0])):
            with pytest.raises(ProvinceError, match="geography"):
                wrong()

    def test_codes_were_reused(self):
        assert resolve_gso("15", "63").province_id == "yen-bai"
        assert resolve_gso("15", "34").province_id == "lao-cai"

    def test_copies_are_safe(self):
        table = registry("63")
        table.loc[0, "name_vi"] = "?"
        assert registry("63").loc[0, "name_vi"] == "Hà Nội"

    def test_light_import(self):
        code = (
            "import sys, parstudy.facts.provinces as p; p.resolve('Tp. HCM'); "
            "print(sorted({'pandas', 'numpy', 'rapidfuzz'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout.decode().strip() == "[]"


class TestTiles:
    """The tile map keeps the shape of the country."""

    @pytest.mark.parametrize(
        ("geography", "north_to_south"),
        [
            (
                "63",
                "ha-giang tuyen-quang phu-tho vinh-phuc hoa-binh thanh-hoa nghe-an ha-tinh "
                "quang-binh quang-tri thua-thien-hue quang-nam kon-tum gia-lai dak-lak dak-nong "
                "lam-dong dong-nai",
            ),
            (
                "34",
                "lao-cai phu-tho ha-noi ninh-binh thanh-hoa nghe-an ha-tinh quang-tri hue da-nang "
                "quang-ngai gia-lai dak-lak khanh-hoa",
            ),
        ],
    )
    def test_the_spine_runs_south_and_hangs_together(self, geography, north_to_south):
        table = registry(geography).set_index("province_id")
        at = [tuple(table.loc[p, ["tile_row", "tile_col"]]) for p in north_to_south.split()]
        assert all(b[0] > a[0] for a, b in pairwise(at))
        assert all(abs(b[1] - a[1]) <= 1 for a, b in pairwise(at))

    def test_west_is_left(self):
        col = registry("63").set_index("province_id")["tile_col"]
        for west, east in [
            ("dien-bien", "son-la"), ("lao-cai", "lang-son"), ("ha-noi", "hai-phong"),
            ("gia-lai", "binh-dinh"), ("dak-lak", "phu-yen"), ("tay-ninh", "binh-duong"),
            ("kien-giang", "ben-tre"), ("ca-mau", "bac-lieu"),
        ]:  # fmt: skip
            assert col[west] < col[east], (west, east)

    @pytest.mark.parametrize("geography", ["63", "34"])
    def test_every_tile_touches_another(self, geography):
        tiles = set(zip(*registry(geography)[["tile_row", "tile_col"]].to_numpy().T, strict=True))
        alone = [
            (r, c)
            for r, c in tiles
            if not any((r + i, c + j) in tiles for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
        ]
        assert alone == []


class TestResolve:
    @pytest.mark.parametrize("geography", ["63", "34"])
    def test_every_name_code_and_slug(self, geography):
        for unit in units(geography):
            for text in [unit.name_vi, unit.name_en, unit.province_id, f"gso:{unit.gso_code}"]:
                for variant in variants(text):
                    assert resolve(variant, geography) == unit
            for text in [f"Tỉnh {unit.name_vi}", f"thành phố {unit.name_vi}", f"TP.{unit.name_vi}"]:
                if not unit.name_vi.startswith("TP."):
                    assert all(resolve(v, geography) == unit for v in variants(text))
            if unit.iso_3166_2:
                assert resolve(unit.iso_3166_2.lower(), geography) == unit

    @pytest.mark.parametrize(
        ("province_id", "text"), [(p, s) for p, texts in SPELLINGS.items() for s in texts]
    )
    def test_spellings(self, province_id, text):
        for variant in variants(text):
            assert resolve(variant).province_id == province_id

    def test_every_spelling_of_the_data_file_resolves(self):
        text = files("parstudy.facts").joinpath("spellings.csv").read_text(encoding="utf-8")
        rows = [r for r in csv.DictReader(text.splitlines()) if r["kind"] == "province"]
        assert len(rows) > 20
        for row in rows:
            assert resolve(row["spelling"], row["geography"]).province_id == row["unit_id"]

    def test_tone_on_any_letter_of_its_syllable_but_not_on_another(self):
        assert resolve("Khánh Hoà") == resolve("Khánh Hòa")
        assert code_of("Khanh Hòá") == "unknown_province"
        assert code_of("Hòa Bính") == "unknown_province"

    @pytest.mark.parametrize("text", ["Hà Nám", "Quãng Nam", "Đà Nâng", "Lãng Sơn", "Ðồng Nại"])
    def test_wrong_marks_are_not_read_over(self, text):
        assert code_of(text) == "unknown_province"

    @pytest.mark.parametrize(
        ("text", "near"),
        [
            ("Lang Sn", "Lạng Sơn"),
            ("Quảng Ngải", "Quảng Ngãi"),
            ("Vũng Tàu", "Bà Rịa - Vũng Tàu"),
            ("Thanh phố Đà Nẵg", "Đà Nẵng"),
        ],
    )
    def test_advice_names_the_nearest(self, text, near):
        with pytest.raises(ProvinceError) as caught:
            resolve(text)
        assert caught.value.code == "unknown_province"
        assert near in caught.value.advice
        assert caught.value.advice.count(",") == 2
        assert repr(text) in str(caught.value)

    @pytest.mark.parametrize(
        "text",
        ["Quy Nhon", "Quy Nhơn", "Pleiku", "Tỉnh", "Thành phố", "Lạng Sơn*", "Lạng Sơn 2", "Lạng",
         "Hà Nam, Nam Định", "'; import os", "<script>", "Tổng", "Đồng bằng sông Hồng"],
    )  # fmt: skip
    def test_what_is_no_province(self, text):
        assert code_of(text) == "unknown_province"

    def test_beginning_of_several_names(self):
        with pytest.raises(ProvinceError) as caught:
            resolve("Hà")
        assert caught.value.code == "ambiguous_province"
        assert caught.value.expected == "one of Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh"
        assert code_of("tỉnh Quảng") == "ambiguous_province"
        assert code_of("Vinh") == "ambiguous_province"  # a city, but also two provinces' first word

    @pytest.mark.parametrize("text", ["20", "1", " 01 "])
    def test_bare_codes_are_refused_with_advice(self, text):
        with pytest.raises(ProvinceError, match=r"gso:\d\d") as caught:
            resolve(text)
        assert caught.value.code == "bare_code"

    @pytest.mark.parametrize("text", ["gso:99", "gso:", "gso:2", "gso:020", "VN-99"])
    def test_unknown_codes(self, text):
        assert code_of(text) == "unknown_code"

    @pytest.mark.parametrize("text", ["", "  \n", None, float("nan"), 20])
    def test_no_text(self, text):
        assert code_of(text) == "no_text"

    def test_unknown_geography(self):
        assert code_of("Lạng Sơn", "64") == "unknown_geography"

    def test_merged_away(self):
        gone = {u.province_id for u in units("63")} - {u.province_id for u in units("34")}
        for slug in gone - {"thua-thien-hue"}:
            old = next(u for u in units("63") if u.province_id == slug)
            with pytest.raises(ProvinceError) as caught:
                resolve(old.name_vi, "34")
            assert caught.value.code == "merged_province"
            assert successor(old).name_vi in caught.value.advice
        assert code_of("VN-03", "34") == "merged_province"
        assert code_of("Hà Tây") == "merged_province"

    def test_hue_was_renamed_not_merged(self):
        assert resolve("Thừa Thiên Huế", "34").province_id == "hue"
        assert resolve("Huế", "34").province_id == "hue"
        assert resolve("Huế", "63").province_id == "thua-thien-hue"

    def test_long_text_makes_a_short_message(self):
        with pytest.raises(ProvinceError) as caught:
            resolve("x" * 100_000)
        assert len(str(caught.value)) < 400

    def test_errors_cross_processes(self):
        with pytest.raises(ProvinceError) as caught:
            resolve("Hà")
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)

    @settings(deadline=None, derandomize=True, max_examples=300)
    @given(st.text(max_size=40) | st.text(alphabet="LạngSơnHàNộiĐắkTPhuế .-–\n\u0301", max_size=12))
    @example("Ha  Nam-")
    @example("ℌà Nội")
    @example("\N{KELVIN SIGN}on Tum")
    def test_junk_never_resolves_to_other_letters(self, text):
        known = {u.province_id: set() for u in units("63")}
        for unit in units("63"):
            known[unit.province_id] |= {plain(unit.name_vi), plain(unit.name_en)}
        for province_id, texts in SPELLINGS.items():
            known[province_id] |= {plain(t) for t in texts}
        try:
            unit = resolve(text)
        except ProvinceError:
            return
        folded = plain(text)
        affixes = ("", "tinh", "thanhpho", "tp", "t", "city", "province", "provinceof", "cityof")
        assert any(
            folded == f"{front}{name}{back}"
            for front in affixes
            for back in affixes
            for name in known[unit.province_id]
        )

    @settings(deadline=None, derandomize=True)
    @given(
        st.sampled_from([(g, u) for g in ("63", "34") for u in units(g)]),
        st.integers(0, 30),
        st.sampled_from("xzqw7~;/("),
    )
    def test_one_foreign_letter_is_enough(self, known, at, char):
        geography, unit = known
        text = f"{unit.name_vi[:at]}{char}{unit.name_vi[at:]}"
        with pytest.raises(ProvinceError):
            resolve(text, geography)


class TestRegionsAndNation:
    @pytest.mark.parametrize(
        ("text", "region_id"),
        [
            ("Đồng bằng sông Hồng", "red-river-delta"),
            ("ĐBSH", "red-river-delta"),
            ("VÙNG ĐỒNG BẰNG SÔNG HỒNG", "red-river-delta"),
            ("Trung du và miền núi phía bắc", "northern-midlands-and-mountains"),
            ("Trung du, miền núi phía Bắc", "northern-midlands-and-mountains"),
            ("Bắc Trung Bộ và Duyên hải miền Trung", "north-central-and-central-coast"),
            ("Bắc Trung bộ và duyên hải Trung bộ", "north-central-and-central-coast"),
            ("Tây Nguyên", "central-highlands"),
            ("Central Highlands region", "central-highlands"),
            ("Đông Nam bộ", "south-east"),
            ("Southeast", "south-east"),
            ("Vùng ĐBSCL", "mekong-river-delta"),
            ("Đồng bằng sông Cửu Long", "mekong-river-delta"),
            ("mekong-river-delta", "mekong-river-delta"),
        ],
    )
    def test_regions(self, text, region_id):
        for variant in variants(text):
            assert resolve_unit("region", variant) == region_id
        assert resolve_region(text).region_id == region_id

    def test_nation(self):
        for text in ("Việt Nam", "Viet Nam", "Vietnam", "CẢ NƯỚC", "viet-nam"):
            assert resolve_unit("national", text) == "viet-nam"

    @pytest.mark.parametrize(
        ("level", "text", "code"),
        [
            ("region", "Lạng Sơn", "unknown_region"),
            ("national", "Lào", "unknown_nation"),
            ("district", "Lạng Sơn", "unknown_unit_level"),
            ("province", "Tây Nguyên", "unknown_province"),
        ],
    )
    def test_wrong_level(self, level, text, code):
        with pytest.raises(ProvinceError) as caught:
            resolve_unit(level, text)
        assert caught.value.code == code

    def test_province_by_level(self):
        assert resolve_unit("province", "Huế", "34") == "hue"


class TestVietnameseOrder:
    # the 63 in the order that Vietnamese yearbooks print them when sorted by name
    ORDER = (
        "An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh",
        "Bến Tre", "Bình Dương", "Bình Định", "Bình Phước", "Bình Thuận", "Cà Mau", "Cao Bằng",
        "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Đắk Nông", "Điện Biên", "Đồng Nai", "Đồng Tháp",
        "Gia Lai", "Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương", "Hải Phòng",
        "Hậu Giang", "Hòa Bình", "Hưng Yên", "Khánh Hòa", "Kiên Giang", "Kon Tum", "Lai Châu",
        "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Long An", "Nam Định", "Nghệ An", "Ninh Bình",
        "Ninh Thuận", "Phú Thọ", "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh",
        "Quảng Trị", "Sóc Trăng", "Sơn La", "Tây Ninh", "Thái Bình", "Thái Nguyên", "Thanh Hóa",
        "Thừa Thiên Huế", "Tiền Giang", "TP. Hồ Chí Minh", "Trà Vinh", "Tuyên Quang", "Vĩnh Long",
        "Vĩnh Phúc", "Yên Bái",
    )  # fmt: skip

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_the_63(self, form):
        names = [unicodedata.normalize(form, u.name_vi) for u in units("63")]
        ordered = sorted(names, key=sort_key_vi)
        assert [unicodedata.normalize("NFC", n) for n in ordered] == list(self.ORDER)

    def test_letters_then_tones_syllable_by_syllable(self):
        words = ["ba", "ba ba", "bà", "bả", "bã", "bá", "bạ", "bac", "bă", "bâ"]
        assert sorted(sorted(words), key=sort_key_vi) == words
        letters = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
        assert sorted(sorted(letters), key=sort_key_vi) == letters
        assert sorted(letters) != letters

    def test_case_and_punctuation_do_not_count(self):
        assert sort_key_vi("BÀ RỊA – VŨNG TÀU") == sort_key_vi("bà rịa vũng tàu")
        assert sort_key_vi("A1") < sort_key_vi("A2") < sort_key_vi("Aa")


class TestIndependentSources:
    """Names, codes and mergers against two packages that others maintain."""

    def test_34_units_against_vietnam_provinces(self):
        from vietnam_provinces import Province

        theirs = {
            f"{int(p.code):02d}": p.codename.removeprefix("thanh_pho_").replace("_", "-")
            for p in Province.iter_all()
        }
        assert theirs == {u.gso_code: u.province_id for u in units("34")}
        for province in Province.iter_all():
            assert resolve(province.name, "34").gso_code == f"{int(province.code):02d}"

    def test_63_and_mergers_against_vietnamadminunits(self):
        import vietnamadminunits

        data = files(vietnamadminunits).joinpath("data")
        legacy = json.loads(data.joinpath("parser_legacy.json").read_text(encoding="utf-8"))
        old = legacy["DICT_PROVINCE"]
        codes = {resolve(p["province"], "63").gso_code: p["provinceCode"] for p in old.values()}
        assert len(codes) == 63
        assert all(ours == theirs for ours, theirs in codes.items())
        merged = json.loads(data.joinpath("converter_2025.json").read_text(encoding="utf-8"))
        parser = json.loads(data.joinpath("parser_from_2025.json").read_text(encoding="utf-8"))
        new_names = {key: p["province"] for key, p in parser["DICT_PROVINCE"].items()}
        seen = {
            resolve(new_names[new], "34").province_id: {
                resolve(old[key]["province"], "63").province_id for key in olds
            }
            for new, olds in merged["DICT_PROVINCE"].items()
        }
        assert seen == {u.province_id: {m.province_id for m in members(u)} for u in units("34")}


@pytest.mark.parametrize(
    "text",
    ["Lạng Sơn", "UBND tỉnh Lạng Sơn", "TP.HCM", "Huế", "gso:20", "gso:999", "PAPI:P01", "PAPI:P99",
     "VN-09", "VN-99", "20", "Bà Rịa", "Bình", "Điểm thẩm định", "Bộ Tư pháp", "1.3.2", "", " "],
)  # fmt: skip
def test_is_unit_says_what_resolve_does(text: str) -> None:
    def found(geography: str) -> bool:
        try:
            return bool(provinces.resolve(text, geography))
        except ProvinceError:
            return False

    assert provinces.is_unit(text) is any(map(found, provinces.GEOGRAPHIES))
