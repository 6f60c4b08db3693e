"""Print dates and amounts in the forms that Thai texts use: the other direction of the extractor, for round trips."""

from datetime import date

MONTHS = "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม".split()
SHORT = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()
WEEKDAYS = "จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์".split()
DIGITS = "ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า".split()
PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def dates_in_forms(day: date) -> list[str]:
    """`day` as a reader of Thai news meets it; a two-digit year stands only where it can be meant."""
    be, month, short = day.year + 543, MONTHS[day.month - 1], SHORT[day.month - 1]
    forms = [
        f"วันที่ {day.day} {month} {be}",
        f"วัน{WEEKDAYS[day.weekday()]}ที่ {day.day} {month} พ.ศ. {be}",
        f"วันที่ {day.day} {month} ค.ศ. {day.year}",
        f"วันที่ {day.day} {short} {be}",
        f" {day.day:02}/{day.month:02}/{be}",
        f"วันที่ {day.day} {month} {be}".translate(THAI_DIGITS),
    ]
    if 2545 <= be <= 2585:
        forms.append(f"วันที่ {day.day} {short} {be % 100:02}")
    return forms


def grouped(amount: int) -> str:
    return f"{amount:,}"


def amount_in_words(amount: int) -> str:
    """A whole number in Thai words, as on a cheque."""
    millions, rest = divmod(amount, 10**6)
    words = amount_in_words(millions) + "ล้าน" if millions else ""
    digits = str(rest)
    for i, char in enumerate(digits):
        n, place = int(char), len(digits) - 1 - i
        if n == 0:
            continue
        if place == 1 and n <= 2:
            words += ("", "สิบ", "ยี่สิบ")[n]
        elif place == 0 and n == 1 and rest > 1:
            words += "เอ็ด"
        else:
            words += DIGITS[n] + PLACES[place]
    return words
