"""What may follow a quantity: a bracket, a word that converts it, or a word that announces a list."""

from __future__ import annotations

import re
from typing import Final

BLANKS: Final = " \t\xa0\u200b"
B: Final = rf"[{BLANKS}]"
"""A blank inside a line, in a pattern."""

DIVIDES: Final = r"(?:แบ่ง|แยก|จำแนก)(?:ออก)?(?:ได้)?เป็น"
CONSISTS: Final = r"ประกอบ(?:ไป)?ด้วย|ได้แก่|comprising|consisting of"
NAMES: Final = r"คือ|ดังนี้|ดังต่อไปนี้|namely,?"
PER: Final = r"(?:/|ต่อ)[ \xa0]?[ก-๎.]{1,12}?"
_QUALIFIES: Final = (
    r"หลัก(?:[ \xa0]?ๆ)?|(?:ที่)?สำคัญ|แรก|ย่อย|เป้าหมาย|นำร่อง|ทั่วประเทศ|เร่งด่วน|ด้วยกัน|ดังกล่าว|ความร่วมมือ"
    r"|รางวัล|ต่อปี|ต่อวัน|ต่อเดือน|ต่อราย"
)

FOLLOWS: Final = re.compile(
    rf"(?:{PER}(?={B}|[(\[]|หรือ)){{0,2}}{B}{{0,3}}(?:(?P<bracket>[(\[])"
    r"|(?P<converts>หรือ|คิดเป็น|เท่ากับ|เทียบเท่า|ประมาณ|ประมาน|ราว|=|≈|or |approximately |equivalent |about )"
    rf"|(?P<closed>[)\]])?[”\"]?,?{B}{{0,2}}(?:(?:{_QUALIFIES}){B}{{0,2}})?(?:(?:โดย|ซึ่ง|อัน)(?:สามารถ|จะ|มี)?{B}?)?(?:สรุปได้)?"
    rf"(?P<announces>{DIVIDES}|(?P<consists>{CONSISTS})|(?P<names>{NAMES})))"
)
