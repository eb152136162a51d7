import calendar
import re
from datetime import date, timedelta

from django.db import migrations
from django.utils import timezone

PER = {
    "项目": "project", "企业": "enterprise", "个人": "person", "人": "person", "机构": "institution",
    "平台": "platform", "年度": "year", "年": "year",
}
UNREAD = date(1949, 10, 1)


WRITTEN = re.compile(r"\s*(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?\s*$", re.ASCII)


def first_day(text):
    """The first day of 2024, 2024-03 or 2024-03-05; of other words that of their year, or None."""
    return _day(text, month=1, last=False)


def last_day(text):
    """The last day of the same."""
    return _day(text, month=12, last=True)


def _day(text, month, last):
    found = WRITTEN.match(text) or re.search(r"(\d{4})()()", text, re.ASCII)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or month)
    if year < 1 or not 1 <= month <= 12:
        return None
    ends = calendar.monthrange(year, month)[1]
    day = int(found[3]) if found[3] else (ends if last else 1)
    return date(year, month, min(max(day, 1), ends))


def says_exactly(text, day):
    """Whether the day says all that the text said."""
    found = WRITTEN.match(text)
    if found is None or day is None:
        return False
    told = (day.year, day.month, day.day)
    return all(part is None or int(part) == number for part, number in zip(found.groups(), told))


def read(apps, schema_editor):
    """The days that the dates mean, and the codes of what a cap counts by; unread words are kept."""
    editions = apps.get_model("programs", "ProgramEdition")
    begun = set()
    for edition in editions.objects.order_by("-pk"):
        begins, ends = first_day(edition.said_from), last_day(edition.said_to)
        lost = not says_exactly(edition.said_from, begins)
        if edition.said_to:
            lost = lost or not says_exactly(edition.said_to, ends)
        if begins is None:
            begins, ends = UNREAD, None
            # No two of a program begin on one day, and none of them is the later one of the other.
            while (edition.program_id, begins) in begun:
                begins += timedelta(days=1)
        elif ends is not None and ends < begins:
            ends, lost = None, True
        if lost:
            edition.note += f"（原记日期：{edition.said_from}至{edition.said_to}）"
        edition.valid_from, edition.valid_to = begins, ends
        # Two editions of a program cannot begin on one day: the one written last counts.
        if (edition.program_id, begins) in begun:
            edition.superseded_at = timezone.now()
        begun.add((edition.program_id, begins))
        edition.save()
    items = apps.get_model("programs", "SupportItem")
    for item in items.objects.exclude(per=""):
        code = PER.get(re.sub("^每[个家]?", "", item.per), "")
        if not code:
            edition = editions.objects.get(pk=item.edition_id)
            edition.note += f"（{item.name}的计算单位：{item.per}）"
            if item.per_en:
                edition.note_en += f"({item.name_en}: {item.per_en})"
            edition.save()
        item.per = code
        item.save()


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0003_dates_said"),
    ]

    operations = [
        migrations.RunPython(read, migrations.RunPython.noop),
    ]
