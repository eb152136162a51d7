"""Snapshots in compact columns: a cache, so it is made anew and every promise is queued.

On PostgreSQL the goals get their read model beside it (PROGRESS.md 7).
"""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

import targets.models.fields

GOALS = """
CREATE TABLE targets_goalrow (
    target_id bigint PRIMARY KEY, version_id bigint NOT NULL, head_id bigint NOT NULL,
    home_id bigint NOT NULL, indicator_id bigint NOT NULL, region_id bigint NOT NULL,
    rate_id bigint NOT NULL, meaning bigint NOT NULL, value float8 NOT NULL,
    upper float8 NOT NULL, tolerance float8 NOT NULL, base_value float8 NOT NULL,
    milestone_years smallint[] NOT NULL, milestone_values float8[] NOT NULL
);
CREATE INDEX targets_goalrow_home ON targets_goalrow (home_id)
"""


def goals(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GOALS)


def no_goals(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE targets_goalrow")


def queue_everything(apps, schema_editor):
    Target = apps.get_model("targets", "Target")
    StaleRequest = apps.get_model("targets", "StaleRequest")
    now = timezone.now()
    pairs = Target.objects.values_list("indicator_id", "region_id").distinct().order_by()
    StaleRequest.objects.bulk_create(
        (
            StaleRequest(indicator_id=indicator, region_id=region, cause="upgrade", queued_at=now)
            for indicator, region in sorted(pairs)
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('indicators', '0002_series'),
        ('targets', '0004_versions_in_force'),
    ]

    operations = [
        migrations.DeleteModel(name='ProgressSnapshot'),
        migrations.CreateModel(
            name='ProgressSnapshot',
            fields=[
                ('target', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='snapshot', serialize=False, to='targets.target')),
                ('version', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='targets.targetversion')),
                ('as_of', models.DateField(verbose_name='截至')),
                ('status', targets.models.fields.CodeField(verbose_name='状态', words=('not_quantified', 'not_due', 'no_data', 'attained', 'missed', 'not_assessable', 'regressing', 'on_track', 'lagging', 'off_track'))),
                ('light', targets.models.fields.CodeField(verbose_name='亮灯', words=('green', 'yellow', 'red', 'grey'))),
                ('promise_status', targets.models.fields.CodeField(verbose_name='承诺状态', words=('not_quantified', 'not_due', 'no_data', 'attained', 'missed', 'not_assessable', 'regressing', 'on_track', 'lagging', 'off_track'))),
                ('promise_light', targets.models.fields.CodeField(verbose_name='承诺亮灯', words=('green', 'yellow', 'red', 'grey'))),
                ('attained', models.BooleanField(null=True, verbose_name='达成')),
                ('position', targets.models.fields.CodeField(default='', verbose_name='区间位置', words=('', 'below', 'inside', 'above'))),
                ('period', models.CharField(blank=True, max_length=21, verbose_name='数据期')),
                ('actual', targets.models.fields.FigureField(null=True)),
                ('actual_qualifier', targets.models.fields.CodeField(default='', words=('', 'exact', 'about', 'above', 'below'))),
                ('goal', targets.models.fields.FigureField(null=True)),
                ('baseline_period', models.CharField(blank=True, max_length=21)),
                ('baseline_value', targets.models.fields.FigureField(null=True)),
                ('completion', targets.models.fields.FigureField(null=True)),
                ('share_done', targets.models.fields.FigureField(null=True)),
                ('pace', targets.models.fields.FigureField(null=True)),
                ('expected_now', targets.models.fields.FigureField(null=True)),
                ('gap', targets.models.fields.FigureField(null=True)),
                ('needed', targets.models.fields.FigureField(null=True)),
                ('actual_rate', targets.models.fields.FigureField(null=True)),
                ('required_rate', targets.models.fields.FigureField(null=True)),
                ('trend', targets.models.fields.CodeField(default='', verbose_name='走势', words=('', 'up', 'down', 'flat'))),
                ('flags', targets.models.fields.FlagsField(default=list, words=('early', 'ahead', 'awaiting_actual', 'base_substituted', 'implied_baseline', 'provisional', 'stale_data', 'path_forced_linear'))),
                ('reasons', targets.models.fields.ReasonsField(default=list)),
                ('inputs', targets.models.fields.IdsField(default=list)),
                ('rule_version', models.PositiveIntegerField(verbose_name='规则版本')),
                ('digest', models.BigIntegerField()),
                ('computed_at', models.DateTimeField(verbose_name='计算时间')),
            ],
            options={
                'verbose_name': '进度快照',
                'verbose_name_plural': '进度快照',
                'ordering': ('target',),
            },
        ),
        migrations.CreateModel(
            name='RecomputeShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('regions', models.JSONField()),
                ('targets', models.PositiveIntegerField()),
                ('written', models.PositiveIntegerField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.job')),
            ],
            options={
                'verbose_name': '重算份额',
                'verbose_name_plural': '重算份额',
                'ordering': ('id',),
            },
        ),
        migrations.RunPython(goals, no_goals),
        migrations.RunPython(queue_everything, migrations.RunPython.noop),
    ]
