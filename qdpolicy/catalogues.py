"""Translations without system tools: `python -m qdpolicy.catalogues compile|update`.

Texts are written in Chinese where they are used; the English stands in a catalogue inside the app
that uses them (`<app>/locale/en/LC_MESSAGES/django.po`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "indicators", "targets", "programs", "qdpolicy")
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    "gettext_noop": None,
}  # fmt: skip
Message = str | tuple[str, ...]
# Without moments and names, so that a catalogue changes only where a text does.
HEADER = r"""msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


def path_of(app: str) -> Path:
    """The English catalogue of an app."""
    return ROOT / app / "locale" / "en" / "LC_MESSAGES" / "django.po"


def sources(app: str) -> Iterator[Path]:
    """The modules and templates whose texts belong to an app's catalogue."""
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path
    folders = [ROOT / "templates" / app] if app != "qdpolicy" else [ROOT / "templates"]
    for folder in folders:
        for path in sorted(folder.rglob("*.html")):
            if app != "qdpolicy" or path.relative_to(ROOT / "templates").parts[0] not in APPS:
                yield path


def messages(path: Path) -> Iterator[tuple[int, Message, str | None]]:
    """(line, msgid, context) of every text to translate in a module or a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        from django.utils.translation.template import templatize

        # What is left of the markup is noise whose indentation means nothing.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    options = {"encoding": "utf-8"}
    found = extract_python(BytesIO(text.encode()), list(KEYWORDS), [], options)
    for line, function, arguments, _comments in found:
        parts = arguments if isinstance(arguments, tuple) else (arguments,)
        words = [part for part in parts if isinstance(part, str)]
        if not words:
            continue
        if function.startswith("np"):
            yield line, (words[1], words[2]), words[0]
        elif function.startswith("n"):
            yield line, (words[0], words[1]), None
        elif function.startswith("p"):
            yield line, words[1], words[0]
        else:
            yield line, words[0], None


def extract(app: str) -> Catalog:
    """Every text of an app, without translations."""
    catalogue = Catalog(locale="en", domain="django")
    for path in sources(app):
        for _line, message, context in messages(path):
            catalogue.add(message, context=context)
    return catalogue


def read(app: str) -> Catalog:
    """The stored catalogue of an app; an empty one where there is none yet."""
    path = path_of(app)
    if not path.exists():
        return Catalog(locale="en", domain="django")
    with path.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def update() -> None:
    """Bring the catalogues in line with the texts; translations that are no longer used go."""
    for app in APPS:
        stored, wanted = read(app), extract(app)
        for message in wanted:
            known = stored.get(message.id, context=message.context) if message.id else None
            if known is not None:
                message.string = known.string
        path = path_of(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(HEADER.encode())
            write_po(file, wanted, omit_header=True, sort_output=True, width=100, no_location=True)


def compile_all() -> None:
    """Write the .mo files that Django reads, only where the text is newer."""
    for app in APPS:
        source, target = path_of(app), path_of(app).with_suffix(".mo")
        if not source.exists():
            continue
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            with target.open("wb") as file:
                write_mo(file, read(app))


if __name__ == "__main__":
    os.chdir(ROOT)
    {"compile": compile_all, "update": update}[sys.argv[1]]()
