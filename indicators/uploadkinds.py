"""The kinds of what an uploaded file may hold: actuals here, and what the apps above read.

An app names its kinds by path in `ready`, so that this one need not know it; a kind is imported
when it is first asked for. `Upload.kind` is the code of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string

from indicators.errors import Refused

if TYPE_CHECKING:
    from django import forms

    from accounts.models import User
    from indicators.models import Upload

ACTUALS = "actuals"
"""The kind that a file has until it is read, and that is asked last."""

Words = tuple[str, str]
Beat = Callable[[int, int], None]
Step = Callable[[str], None]

_PATHS: dict[str, str] = {}
_FOUND: dict[str, Kind] = {}


class Moved(Exception):  # noqa: N818 - leaves the transaction, nothing is wrong
    """Rows (keys) stand otherwise than when they were compared; nothing of the upload is written.

    `refusal` says why, where a rule and not another person is in the way.
    """

    def __init__(self, keys: Collection[int], refusal: Refused | None = None) -> None:
        super().__init__()
        self.keys = list(keys)
        self.refusal = refusal


@dataclass(frozen=True)
class Note:
    """A text and a colour for a cell of a person's own file; sheet, row and column from 1."""

    sheet: int
    row: int
    column: int
    text: str
    colour: str


@dataclass(frozen=True)
class Offer:
    """A template to take along, on the page of uploads; `url` is the name of an address."""

    title: str
    sentence: str
    label: str
    url: str
    hints: Sequence[str] = ()


class Kind(Protocol):
    """One kind: how it is recognised, compared, written, taken back and shown.

    `enter` is the permission to enter what it holds; `no_table` says which headings it wants, and
    `not_entered` what a person is told who may not enter it, in both languages.
    """

    code: str
    enter: str
    no_table: Words
    not_entered: Words
    rows_template: str
    steps_template: str

    @property
    def name(self) -> str:
        """The word for it in the present language."""
        ...

    def sees_all(self, user: User) -> bool:
        """Whether a person looks at everybody's uploads of this kind."""
        ...

    def recognises(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether the first rows of a sheet have the headings of this kind; asks no query."""
        ...

    def stage(self, upload: Upload, reading: Any, beat: Beat) -> dict[str, Any]:
        """Compare a file, an open `importing.reading.Reading`, and keep its rows; what was found.

        `found["tables"]` is the number of tables that were recognised. Raises `Unreadable`.
        """
        ...

    def clear(self, upload: int) -> None:
        """Forget the rows of an upload that is not written."""
        ...

    def counts(self, upload: int) -> dict[str, int]:
        """How many rows there are of each outcome."""
        ...

    def ready(self, upload: Upload, *, reason: str, explanation: str, leave_errors: bool) -> None:
        """Refuse to write what is not complete; raises Refused."""
        ...

    def write(self, upload: Upload, *, leave_errors: bool, step: Step) -> Mapping[str, Any]:
        """Write the rows in the transaction around; what the trail tells. Raises Moved."""
        ...

    def note_moved(self, upload: Upload, moved: Moved) -> int:
        """Compare again the rows that `write` found moved; their number."""
        ...

    def undo(self, upload: Upload, *, by: User, reason: str) -> Mapping[str, Any]:
        """Take back what was written; what the trail tells. Raises Refused."""
        ...

    def form(self, data: Mapping[str, Any] | None = None) -> forms.Form:
        """What a person says when saving: reason, explanation, leave_errors, as far as it is asked."""
        ...

    def page(self, upload: Upload, user: User, *, outcome: str, number: str) -> dict[str, Any]:
        """What the templates of this kind show: `page`, `tallies` and the rows."""
        ...

    def notes(self, upload: Upload, most: int) -> list[Note]:
        """Notes for the person's own file, where something needs work."""
        ...

    def offers(self, user: User) -> list[Offer]:
        """The templates that a person may take along."""
        ...


def register(code: str, path: str) -> None:
    """Name the kind of a code by the path of its object; an app does so in `ready`."""
    _PATHS[code] = path


def kind(code: str) -> Kind:
    """The kind of a code; KeyError where none is registered."""
    if code not in _FOUND:
        found: Kind = import_string(_PATHS[code])
        _FOUND[code] = found
    return _FOUND[code]


def kinds() -> list[Kind]:
    """All kinds, the actuals first."""
    return [kind(code) for code in sorted(_PATHS, key=lambda code: (code != ACTUALS, code))]


def enterable_by(user: User) -> list[Kind]:
    """The kinds that a person may enter."""
    return [found for found in kinds() if user.has_perm(found.enter)]
