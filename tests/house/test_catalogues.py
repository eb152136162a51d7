"""English is complete: every text of every module and template has its translation."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from qdpolicy import catalogues

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd%]")


def texts(app: str) -> set[tuple[str, str | None]]:
    found = set()
    for message in catalogues.extract(app):
        if message.id:
            first = message.id[0] if isinstance(message.id, tuple) else message.id
            found.add((first, message.context))
    return found


@pytest.mark.parametrize("app", catalogues.APPS)
def test_every_text_has_an_english_one(app: str) -> None:
    stored = catalogues.read(app)
    missing = []
    for text, context in sorted(texts(app), key=str):
        message = stored.get(text, context=context)
        strings = message.string if message else ""
        strings = strings if isinstance(strings, tuple) else (strings,)
        if not CHINESE.search(text):
            continue
        if not all(strings):
            missing.append(text)
    assert missing == []


@pytest.mark.parametrize("app", catalogues.APPS)
def test_catalogue_holds_nothing_that_is_used_no_longer(app: str) -> None:
    stored = {
        (message.id[0] if isinstance(message.id, tuple) else message.id, message.context)
        for message in catalogues.read(app)
        if message.id
    }
    assert stored - texts(app) == set()


@pytest.mark.parametrize("app", catalogues.APPS)
def test_translation_keeps_the_placeholders_and_has_no_chinese(app: str) -> None:
    for message in catalogues.read(app):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        for string in strings:
            assert not CHINESE.search(string.replace("简体中文", "")), string
            assert set(PLACEHOLDER.findall(string)) <= wanted, string


def test_compiled_catalogue_is_read_by_the_site() -> None:
    from django.utils.translation import gettext

    with translation.override("en"):
        assert gettext("请写明理由。") == "Please state the reason."
    with translation.override("zh-hans"):
        assert gettext("请写明理由。") == "请写明理由。"
