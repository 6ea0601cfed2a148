"""The basis of an act or a date in the present language.

A law is cited as it is cited in Việt Nam ("TT 36/2013 Đ8.1a"); what is said in words beside it has its
English.
"""

from __future__ import annotations

from states.model import Label

WORDS = (
    Label("Thực tiễn (TT 36/2013 không quy định)", "Practice (TT 36/2013 doesn't say)"),
    Label("Thực tiễn (không văn bản nào quy định)", "Practice (no document says)"),
    Label("Quy định nội bộ (mặc định kcflow)", "Internal rule (kcflow's default)"),
    Label("Quy định của UBND tỉnh", "Provincial rules"),
    Label("quy định của UBND tỉnh", "provincial rules"),
    Label("Thời gian thực hiện của đề án, hợp đồng", "The term of the proposal, the contract"),
    Label("Luật NSNN", "State Budget Law"),
)
"""What bases say in words."""


def basis_text(basis: str, lang: str) -> str:
    """`basis` as it is shown."""
    for words in WORDS:
        basis = basis.replace(words.vi, words(lang))
    return basis
