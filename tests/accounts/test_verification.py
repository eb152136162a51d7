"""The examination of a chain, without a database."""

from __future__ import annotations

import pytest

from accounts.verification import Finding, Head, Kind, Link, examine

ORIGIN = "0" * 64


def chain(length: int) -> list[Link]:
    """Links whose hashes are "h1", "h2" …; the computed hash equals the stored one."""
    names = [ORIGIN, *(f"h{place}" for place in range(1, length + 1))]
    return [(place, names[place - 1], names[place], names[place]) for place in range(1, length + 1)]


def kinds(findings: list[Finding]) -> list[tuple[Kind, int]]:
    return [(finding.kind, finding.place) for finding in findings]


def test_untouched_chain_has_no_finding() -> None:
    assert examine(chain(4), Head(4, "h4"), origin=ORIGIN) == []
    assert examine(chain(4), Head(4, "h4"), origin=ORIGIN, expected=Head(2, "h2")) == []


def test_empty_chain_has_no_finding() -> None:
    assert examine([], Head(0, ORIGIN), origin=ORIGIN) == []
    assert examine([], Head(0, ORIGIN), origin=ORIGIN, expected=Head(0, ORIGIN)) == []


def test_altered_content_is_found() -> None:
    links = chain(3)
    links[1] = (2, "h1", "h2", "other")
    assert kinds(examine(links, Head(3, "h3"), origin=ORIGIN)) == [(Kind.ALTERED, 2)]


def test_removed_link_is_found_with_its_place() -> None:
    links = chain(5)
    del links[1:3]
    assert kinds(examine(links, Head(5, "h5"), origin=ORIGIN)) == [(Kind.MISSING, 2)]


def test_removed_link_with_gap_closed_is_found() -> None:
    links = [(1, ORIGIN, "h1", "h1"), (2, "h2", "h3", "h3")]
    assert kinds(examine(links, Head(2, "h3"), origin=ORIGIN)) == [(Kind.REORDERED, 2)]


def test_exchanged_links_are_found() -> None:
    links = chain(4)
    links[1], links[2] = (2, *links[2][1:]), (3, *links[1][1:])
    found = kinds(examine(links, Head(4, "h4"), origin=ORIGIN))
    assert found == [(Kind.REORDERED, 2), (Kind.REORDERED, 3), (Kind.REORDERED, 4)]


def test_added_link_at_the_end_is_found() -> None:
    links = [*chain(2), (3, "h2", "h3", "h3")]
    assert kinds(examine(links, Head(2, "h2"), origin=ORIGIN)) == [(Kind.INSERTED, 3)]


def test_link_before_the_first_is_found() -> None:
    links = [(0, "x", "h0", "h0"), *chain(2)]
    found = kinds(examine(links, Head(2, "h2"), origin=ORIGIN))
    assert found == [(Kind.INSERTED, 0), (Kind.REORDERED, 1)]


def test_cut_end_is_found() -> None:
    assert kinds(examine(chain(2), Head(4, "h4"), origin=ORIGIN)) == [(Kind.TRUNCATED, 3)]


def test_cut_end_with_head_rewritten_is_found_by_the_kept_head() -> None:
    assert examine(chain(2), Head(2, "h2"), origin=ORIGIN) == []
    found = examine(chain(2), Head(2, "h2"), origin=ORIGIN, expected=Head(4, "h4"))
    assert kinds(found) == [(Kind.TRUNCATED, 3)]


def test_chain_written_anew_is_found_by_the_kept_head() -> None:
    found = examine(chain(4), Head(4, "h4"), origin=ORIGIN, expected=Head(3, "other"))
    assert kinds(found) == [(Kind.REPLACED, 3)]


def test_rewritten_head_is_found() -> None:
    assert kinds(examine(chain(2), Head(2, "x"), origin=ORIGIN)) == [(Kind.REPLACED, 2)]


def test_finding_speaks_both_languages() -> None:
    links = chain(1)
    links[0] = (1, ORIGIN, "h1", "other")
    assert str(examine(links, Head(1, "h1"), origin=ORIGIN)[0]) == (
        "第 1 条被改动：内容与摘要不符。 (Event 1 was altered: its content does not match its hash.)"
    )


def test_head_is_read_as_it_is_written() -> None:
    head = Head(12, "ab" * 32)
    assert Head.parse(f" {head}\n") == head


@pytest.mark.parametrize(
    "text", ["", "12", "12:", "x:" + "a" * 64, "-1:" + "a" * 64, "1:" + "g" * 64, "１:" + "a" * 64]
)
def test_head_in_another_form_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="请按“条数:64位摘要”填写"):
        Head.parse(text)
