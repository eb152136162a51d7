import django.db.models.deletion
import programs.shapes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('indicators', '0004_uploadkinds'),
        ('programs', '0004_dates_read'),
        ('targets', '0007_notes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, unique=True, verbose_name='立项编号')),
                ('project', models.CharField(max_length=160, verbose_name='项目名称')),
                ('project_code', models.CharField(max_length=40, verbose_name='项目编号')),
                ('item_key', models.SlugField(max_length=40, verbose_name='事项键')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('decided_on', models.DateField(verbose_name='立项日期')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='立项金额（元）')),
                ('paid', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='已拨付（元）')),
                ('investment', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name='申报投入（元）')),
                ('ceiling', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name='当时可立项上限（元）')),
                ('industry', models.CharField(blank=True, max_length=40, verbose_name='产业')),
                ('status', models.CharField(choices=[('approved', '已立项'), ('completed', '已验收'), ('terminated', '已终止'), ('withdrawn', '已撤销')], default='approved', max_length=10, verbose_name='状态')),
                ('status_reason', models.TextField(blank=True, verbose_name='终止或撤销原因')),
                ('override_reason', models.TextField(blank=True, verbose_name='超出上限的理由')),
                ('note', models.TextField(blank=True, verbose_name='备注')),
                ('entered_at', models.DateTimeField(verbose_name='录入时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': '立项资助',
                'verbose_name_plural': '立项资助',
                'ordering': ('-decided_on', '-pk'),
                'permissions': [('enter_award', 'Can enter awards and payments'), ('override_cap', 'Can grant an award over its cap, with a reason'), ('set_budget', 'Can set yearly budgets of programs')],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='预算（元）')),
                ('source_title', models.CharField(max_length=200, verbose_name='来源')),
                ('note', models.TextField(blank=True, verbose_name='备注')),
                ('set_at', models.DateTimeField(verbose_name='登记时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': '年度预算',
                'verbose_name_plural': '年度预算',
                'ordering': ('program', '-year'),
            },
        ),
        migrations.CreateModel(
            name='DraftSave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='次序')),
                ('content', models.JSONField(default=dict, verbose_name='内容')),
                ('says_again', models.PositiveIntegerField(blank=True, null=True, verbose_name='恢复到')),
                ('at', models.DateTimeField(verbose_name='保存时间')),
            ],
            options={
                'verbose_name': '草稿的历次保存',
                'verbose_name_plural': '草稿的历次保存',
                'ordering': ('draft', 'number'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EditionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('change', models.CharField(choices=[('first', '新增版本'), ('amended', '调整'), ('corrected', '更正录入')], max_length=9, verbose_name='变更类型')),
                ('content', models.JSONField(default=dict, verbose_name='内容')),
                ('reason', models.TextField(blank=True, verbose_name='理由')),
                ('review_state', models.CharField(choices=[('draft', '草稿'), ('submitted', '待核定'), ('returned', '已退回'), ('approved', '已核定'), ('dropped', '已撤下')], default='draft', max_length=9, verbose_name='审核状态')),
                ('entered_at', models.DateTimeField(verbose_name='录入时间')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='提交时间')),
                ('return_reason', models.TextField(blank=True, verbose_name='退回原因')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='核定时间')),
                ('self_approved', models.BooleanField(default=False, verbose_name='自行核定')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': '版本草稿',
                'verbose_name_plural': '版本草稿',
                'ordering': ('-pk',),
                'permissions': [('propose_edition', 'Can draw up editions of programs'), ('approve_edition', 'Can approve editions of programs'), ('view_edition_change', 'Can see editions on their way')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='拨付金额（元）')),
                ('paid_on', models.DateField(verbose_name='拨付日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                ('entered_at', models.DateTimeField(verbose_name='录入时间')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('void_reason', models.TextField(blank=True, verbose_name='撤回原因')),
            ],
            options={
                'verbose_name': '拨付',
                'verbose_name_plural': '拨付',
                'ordering': ('award', 'paid_on', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credit_code', models.CharField(blank=True, max_length=18, null=True, unique=True, verbose_name='统一社会信用代码')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('kind', models.CharField(choices=[('enterprise', '企业'), ('institution', '高校院所'), ('platform', '创新平台'), ('service', '服务机构'), ('person', '个人')], max_length=11, verbose_name='类别')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': '受助单位',
                'verbose_name_plural': '受助单位',
                'ordering': ('name', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='StagedAward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.PositiveSmallIntegerField(default=1)),
                ('row', models.PositiveIntegerField()),
                ('texts', models.JSONField(default=dict)),
                ('fields', models.JSONField(default=dict)),
                ('seen_version', models.PositiveIntegerField(default=0)),
                ('outcome', models.CharField(choices=[('new', '新增'), ('changed', '有改动'), ('unchanged', '无变化'), ('conflict', '他人已更新'), ('error', '有错误')], max_length=9)),
                ('sentence', models.TextField(blank=True)),
                ('sentence_en', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': '上传的立项',
                'verbose_name_plural': '上传的立项',
                'ordering': ('upload', 'sheet', 'row'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='YearTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('awards', models.PositiveIntegerField(default=0)),
                ('committed', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('paid', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('capped', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('ceilings', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('at_ceiling', models.PositiveIntegerField(default=0)),
                ('overridden', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': '年度合计',
                'verbose_name_plural': '年度合计',
                'ordering': ('program', '-year'),
                'default_permissions': (),
            },
        ),
        migrations.RemoveField(model_name='programedition', name='said_from'),
        migrations.RemoveField(model_name='programedition', name='said_to'),
        migrations.RemoveField(
            model_name='supportitem',
            name='per_en',
        ),
        migrations.AddField(
            model_name='programedition',
            name='contact_url',
            field=models.URLField(blank=True, max_length=500, verbose_name='联系页面'),
        ),
        migrations.AddField(
            model_name='programedition',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.department', verbose_name='责任部门'),
        ),
        migrations.AddField(
            model_name='programedition',
            name='known_from',
            field=models.DateTimeField(blank=True, null=True, verbose_name='核定时间'),
        ),
        migrations.AddField(
            model_name='programedition',
            name='objective',
            field=models.TextField(blank=True, verbose_name='目的'),
        ),
        migrations.AddField(
            model_name='programedition',
            name='objective_en',
            field=models.TextField(blank=True, verbose_name='英文目的'),
        ),
        migrations.AddField(
            model_name='programedition',
            name='replaces',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='programs.programedition', verbose_name='更正'),
        ),
        migrations.AddField(
            model_name='programlink',
            name='clause',
            field=models.ForeignKey(blank=True, help_text='空白：目标自己的条款。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.clause', verbose_name='写明的条款'),
        ),
        migrations.AddField(
            model_name='programlink',
            name='indicator',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='program_links', to='indicators.indicator', verbose_name='指标'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='bodies',
            field=models.JSONField(blank=True, default=list, validators=[programs.shapes.list_of_bodies], verbose_name='适用主体'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='not_with',
            field=models.JSONField(blank=True, default=list, help_text='写“计划键/事项键”的列表。', validators=[programs.shapes.list_of_items], verbose_name='不得同享'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='not_with_for',
            field=models.CharField(blank=True, choices=[('project', '同一项目'), ('year', '同一单位同一年度'), ('ever', '同一单位')], max_length=7, verbose_name='不得同享的范围'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='payout',
            field=models.CharField(blank=True, choices=[('once', '一次性'), ('yearly', '每年')], help_text='空白：文件没有写明；按年度核对上限。', max_length=6, verbose_name='发放频次'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='rate',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True, verbose_name='比例上限（%）'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='rate_of',
            field=models.CharField(blank=True, max_length=80, verbose_name='按什么的比例'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='rate_of_en',
            field=models.CharField(blank=True, max_length=160, verbose_name='英文按什么的比例'),
        ),
        migrations.AddField(
            model_name='supportitem',
            name='stage',
            field=models.CharField(blank=True, choices=[('research', '基础研究'), ('development', '技术攻关'), ('demonstration', '示范应用'), ('transfer', '成果转化'), ('platform', '平台建设'), ('growth', '企业成长')], max_length=13, verbose_name='环节'),
        ),
        migrations.AlterField(
            model_name='programedition',
            name='valid_from',
            field=models.DateField(verbose_name='自'),
        ),
        migrations.AlterField(
            model_name='programlink',
            name='target',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='program_links', to='targets.target', verbose_name='目标'),
        ),
        migrations.AlterField(
            model_name='supportitem',
            name='per',
            field=models.CharField(blank=True, choices=[('project', '项目'), ('enterprise', '企业'), ('person', '个人'), ('institution', '机构'), ('platform', '平台'), ('year', '年度')], max_length=11, verbose_name='计算单位'),
        ),
        migrations.AddConstraint(
            model_name='programedition',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_from__lte', models.F('valid_to')), _connector='OR'), name='edition_dates'),
        ),
        migrations.AddConstraint(
            model_name='programedition',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('program', 'valid_from'), name='edition_one_begins'),
        ),
        migrations.AddConstraint(
            model_name='programlink',
            constraint=models.UniqueConstraint(fields=('program', 'indicator'), name='link_indicator_once'),
        ),
        migrations.AddConstraint(
            model_name='programlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('indicator__isnull', False), ('target', None)), models.Q(('indicator', None), ('target__isnull', False)), _connector='OR'), name='link_one_end'),
        ),
        migrations.AddConstraint(
            model_name='supportitem',
            constraint=models.CheckConstraint(condition=models.Q(('rate', None), models.Q(('rate__gt', 0), ('rate__lte', 100)), _connector='OR'), name='item_rate'),
        ),
        migrations.AddConstraint(
            model_name='supportitem',
            constraint=models.CheckConstraint(condition=models.Q(('rate', None), ('comparator__in', ['at_most', 'uncapped']), _connector='OR'), name='item_rate_comparator'),
        ),
        migrations.AddField(
            model_name='award',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人'),
        ),
        migrations.AddField(
            model_name='award',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='programs.supportitem', verbose_name='支持事项'),
        ),
        migrations.AddField(
            model_name='award',
            name='overridden_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准超限的人'),
        ),
        migrations.AddField(
            model_name='award',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='programs.program', verbose_name='计划'),
        ),
        migrations.AddField(
            model_name='award',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='indicators.region', verbose_name='实施区市'),
        ),
        migrations.AddField(
            model_name='award',
            name='upload',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='indicators.upload', verbose_name='来自上传'),
        ),
        migrations.AddField(
            model_name='budget',
            name='clause',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.clause', verbose_name='条款'),
        ),
        migrations.AddField(
            model_name='budget',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='programs.program', verbose_name='计划'),
        ),
        migrations.AddField(
            model_name='budget',
            name='set_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='draftsave',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='保存人'),
        ),
        migrations.AddField(
            model_name='editiondraft',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核定人'),
        ),
        migrations.AddField(
            model_name='editiondraft',
            name='based_on',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='programs.programedition', verbose_name='依据版本'),
        ),
        migrations.AddField(
            model_name='editiondraft',
            name='edition',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawn_up', to='programs.programedition', verbose_name='核定的版本'),
        ),
        migrations.AddField(
            model_name='editiondraft',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人'),
        ),
        migrations.AddField(
            model_name='editiondraft',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='programs.program', verbose_name='计划'),
        ),
        migrations.AddField(
            model_name='draftsave',
            name='draft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saves', to='programs.editiondraft'),
        ),
        migrations.AddField(
            model_name='payment',
            name='award',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='programs.award', verbose_name='立项资助'),
        ),
        migrations.AddField(
            model_name='payment',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人'),
        ),
        migrations.AddField(
            model_name='payment',
            name='voided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤回人'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='indicators.region', verbose_name='所在区市'),
        ),
        migrations.AddField(
            model_name='award',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='programs.recipient', verbose_name='受助单位'),
        ),
        migrations.AddField(
            model_name='stagedaward',
            name='award',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.award'),
        ),
        migrations.AddField(
            model_name='stagedaward',
            name='upload',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='staged_awards', to='indicators.upload'),
        ),
        migrations.AddField(
            model_name='yeartotal',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='programs.program'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(fields=('program', 'year'), name='budget_once'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='budget_amount'),
        ),
        migrations.AddConstraint(
            model_name='editiondraft',
            constraint=models.UniqueConstraint(condition=models.Q(('review_state__in', ('draft', 'submitted', 'returned'))), fields=('program',), name='program_one_open_draft'),
        ),
        migrations.AddConstraint(
            model_name='editiondraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('based_on', None), ('change', 'first')), models.Q(models.Q(('change', 'first'), _negated=True), ('based_on__isnull', False)), _connector='OR'), name='draft_based_on'),
        ),
        migrations.AddConstraint(
            model_name='editiondraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('review_state__in', ['returned', 'dropped']), _negated=True), models.Q(('return_reason', ''), _negated=True), _connector='OR'), name='draft_return_reason'),
        ),
        migrations.AddConstraint(
            model_name='editiondraft',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('entered_by')), _negated=True), ('self_approved', True), _connector='OR'), name='draft_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='editiondraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('review_state', 'approved'), _negated=True), ('approved_at', None), ('approved_by', None), ('edition', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('edition__isnull', False), ('review_state', 'approved')), _connector='OR'), name='draft_approved'),
        ),
        migrations.AddConstraint(
            model_name='draftsave',
            constraint=models.UniqueConstraint(fields=('draft', 'number'), name='draft_save_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_amount'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at', None), ('voided_by', None)), models.Q(('voided_at__isnull', False), ('voided_by__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='payment_void_trio'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credit_code', None), ('kind', 'person')), models.Q(models.Q(('kind', 'person'), _negated=True), ('credit_code__isnull', False)), _connector='OR'), name='recipient_code'),
        ),
        migrations.AddIndex(
            model_name='award',
            index=models.Index(fields=['program', 'year'], name='award_year_idx'),
        ),
        migrations.AddIndex(
            model_name='award',
            index=models.Index(fields=['recipient', 'item_key'], name='award_recipient_idx'),
        ),
        migrations.AddIndex(
            model_name='award',
            index=models.Index(fields=['project_code', 'item_key'], name='award_project_idx'),
        ),
        migrations.AddIndex(
            model_name='award',
            index=models.Index(fields=['program', 'item_key', 'decided_on'], name='award_item_idx'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='award_amount'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('paid__gte', 0), ('paid__lte', models.F('amount'))), name='award_paid'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('investment', None), ('investment__gt', 0), _connector='OR'), name='award_investment'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('overridden_by', None), ('override_reason', '')), models.Q(('overridden_by__isnull', False), models.Q(('override_reason', ''), _negated=True)), _connector='OR'), name='award_override_pair'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['terminated', 'withdrawn']), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='award_status_reason'),
        ),
        migrations.AddConstraint(
            model_name='yeartotal',
            constraint=models.UniqueConstraint(fields=('program', 'year'), name='year_total_once'),
        ),
    ]
