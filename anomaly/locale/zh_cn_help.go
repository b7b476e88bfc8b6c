package locale

var zhCNHelp = catalogue{
	"help.root.short": "这张账单应该是多少？该怎么处理？",
	"help.root.long": `不论一户或一百万户，whybill 都能回答：这张账单应该是多少、差额从何而来、是否值得派员到场，以及等下一期账单能否看出端倪。

请从 "whybill demo" 开始，它会把一张争议账单的始末完整走一遍。`,
	"help.backtest.short": "用自己的账单衡量估算的准确度",
	"help.backtest.long":  "backtest 估算已有的账单，每张只依据在它之前的数据，再衡量估算差了多少、区间的涵盖率如何，并与较简单的方法并列：上一期、去年同期、两者平均、该户平均。除非以 --model 指定模型，否则会自行以其他用户及较早的账单训练。",
	"help.batch.short":    "评估多个用户并排序",
	"help.batch.long": `batch 评估每个用户，并按优先顺序列出需要处理者。不给文件时读取数据库；给了文件就只读这些文件，不需要数据库。

文件按表头行辨识：用户、电表、抄表、账单及其他输入表可以一起给，顺序不拘。

先扫过所有用户一次，找出单个用户看不出的事：同期的共同变化（大的组别取固定的数千户）、同类用户的水平、抄表员的记录、整条线路都异常者、隔壁电表的示数。读取数据库时，若最后一次导入所存的适用于该日，就直接采用；--shard 与 check 依据相同。配置文件可以关闭（model.neighbours = false）。

输出不是终端时，表格每户一行，以 tab 分隔、没有表头行，供 cut 与 awk 使用：rank、account_id、period_start、period_end、usage、unit、low90、high90、action、inspection_probability、priority、top_cause、main_finding。CSV（--format csv）有表头行。

--visits 与 --hours 则列出人力排得进去的走访清单：按每小时预期净值排序，其中一部分随机抽出并标明，并说明整份清单可预期的结果、哪些值得走访而不在清单上，以及还有哪些其他处理（例如清单线路上可顺道重新抄表者）。以其他币种计值、或用量没有单价的，无从比较，列于后面。先前清单（以 --record 存入的、报告的、--previous 文件的、alert_sent 事件的）已有的用户进入冷却期：stakes.cool_down 期账单内不再列出，除非证据加倍。`,
	"help.case.short": "跟踪一件争议，从投诉到结案",
	"help.case.long": `case 是争议的流水账：谁在何时说了什么、承诺了什么、看了什么、查到什么、告知了什么。记录只增不改。凡是等待中的状态都有到期日；只要所看之处看不出尚有可能的原因，就不能以“未见异常”结案。

处理方式若有问题（无法兑现的承诺、逾期的时限、争议期间的催缴），登记当天就会指出。

导入的事件与登记的记录同等看待；事件的备注以“键=值”注明：

  complaint       about_crew=T7；有争议金额时：currency=TWD order=8000
                  margin=0.3 leave=0.3-0.9 prior=0
  visit_promised  joint=yes hypothesis=tapped_by_others crew=T7 backlog=120 per_day=10
  visit_done      present=yes looked_at=serial,no_load found=nothing_found crew=T7
  evidence        coverage=warranty from=2024-10-01 until=2026-10-01 source=system
                  （until 是不计入的第一天）；supports=claim 或 contradicts=claim；
                  record=inspection dated=2026-03-09
  claim           coverage=warranty until=2027-04-01 promised_by=sales authority=no
                  left=yes repair=4500 contract=1200 currency=CNY
  answer          争议仍在进行时：final=no
  notice_sent     不涉及付款时：survey=yes 或 final=no
  plan_change_requested             name=... id=... meter=... 与申请表相同
  payment_account_change_requested  old=...（即将关闭的账户）`,
	"help.case.application.short": "登记申请，并与主档核对",
	"help.case.application.long":  "application 登记一件申请与申请表所填内容。与主档不符之处（姓名、户号、表号）当天就会指出，排不到的日期也是。扣款账户的变更生效前，暂停催收。",
	"help.case.claim.short":       "登记某人的说法，以便查证",
	"help.case.claim.long":        "claim 登记某人对账单的说法（\"meter fine\"、usage_per_day=20），或他所称曾获得的承诺：涵盖什么、到何时为止、由谁承诺，以及各种解决方式的费用。",
	"help.case.close.short":       "结案",
	"help.case.close.long":        "close 须填查到的原因、证据，以及告知用户的内容。只要所看之处看不出尚有可能的原因，就会拒绝“未见异常”；约好的上门或答复还没做也会拒绝；--force 可强制结案，理由会留在记录中。",
	"help.case.evidence.short":    "登记文件或其他证据",
	"help.case.evidence.long":     "evidence 登记文件所载内容：合同及其涵盖范围，或支持、反驳某项说法的邮件。",
	"help.case.feedback.short":    "列出意见反馈：未回复者在前，越久越前",
	"help.case.feedback.long":     "feedback 列出客户提的意见以及是否已回复：未回复者按天数排在前面。不显示任何人的原话。\"case note REF --told\" 可登记回复。",
	"help.case.list.short":        "列出案件：逾期者在前",
	"help.case.list.long":         "list 显示各案的状态、到期日与立案至今的天数，逾期者在前。不显示任何人的原话与姓名。",
	"help.case.note.short":        "登记说过或做过的事",
	"help.case.note.long":         "note 登记说过或做过的事。--told 表示已告知用户；--waits-for 表示轮到谁处理，--due 表示期限；--resolved 表示问题已解决，只差告知用户。--sent 表示已寄出催缴通知（reminder）或问卷（survey），--due 表示送达日期；--applied 与 --rejected 表示申请已生效或已驳回。",
	"help.case.open.short":        "受理投诉，立案",
	"help.case.open.long":         "open 登记一件投诉。涉及金额时以 --amount 注明；若有尚未完成的订单，会将这段客户关系的收益一并列出比较。--feedback 登记没有争议的意见；以 case note 加上 --told 回复。该户号已有未结案件时，除非加上 --another，否则不另立一案。",
	"help.case.promise.short":     "承诺上门",
	"help.case.promise.long":      "promise 登记一次上门：日期、用户是否陪同、要查什么。没有新的怀疑而重复上门会被拒绝。若给了待办件数与每日完成件数，排不到的承诺会立即标示；约在没有人上班的日子或时间也是。在原定日期之前再登记一次即为改期：原约定留在记录上，注明已改期，不算失约。",
	"help.case.reopen.short":      "重启已结案件",
	"help.case.reopen.long":       "reopen 重启已结案件，理由会留在记录中。",
	"help.case.rules.short":       "打印内置规则文件：时限、工作日、费用",
	"help.case.rules.long":        "rules 打印内置规则，可据此编写自己的规则文件。配置文件的 cases.rules 指定取代内置规则的文件。",
	"help.case.show.short":        "显示单个案件：经过、承诺、问题",
	"help.case.show.long":         "show 从立案起打印案件：各条记录、兑现与未兑现的承诺，以及处理上的问题。--redacted 略去所有人的原话、事实与姓名，可以给案件所涉人员看。",
	"help.case.visit.short":       "登记上门",
	"help.case.visit.long": `visit 登记看了什么、查到什么。可填的查看项目：{looks}。

上门结果会用于学习，但只看表面且未见异常者除外。`,
	"help.check.short": "评估一户的一张账单",
	"help.check.long": `check 打印十秒内可以读完的一页：结论与下一步、预期与账单用量、差额的来源、可能的原因、证据，以及能否请用户等下一期。

用户或同事在电话中所说的，可以用 --appliance 与 --claim 当场加入；只用于这次回答，不会保存。没有日期的电器视为一直都有：请先问从何时开始使用，本期才使用的加 "new"，其他加 "from=日期"。页面会说明采用了哪一种前提。`,
	"help.config.short":              "配置文件：init、show、validate",
	"help.config.long":               "config 处理配置文件：语言、信函上的联系方式与服务时间、各项检查的阈值、上门成本。选项优先于环境变量，环境变量优先于配置文件。",
	"help.config.init.short":         "生成带注释的配置文件模板",
	"help.config.show.short":         "打印目前生效的配置",
	"help.config.validate.short":     "检查配置文件",
	"help.db.short":                  "查看数据库",
	"help.db.info.short":             "说明数据库内容",
	"help.db.info.long":              "info 说明数据库的位置与大小、各表行数，以及数据来自哪些文件。",
	"help.demo.short":                "以内置数据演示一张争议账单",
	"help.demo.long":                 "demo 从文件到答案，演示一张 1,400 千瓦时的冬季账单：把文件放进一个目录、导入旁边的数据库，再打印争议账单的评估。最后会列出所执行的命令，可以原样再执行。",
	"help.explain.short":             "说明发现、原因或处置背后的规则",
	"help.explain.long":              "explain 说明一项检查做什么、参数与出处、看不到什么；一种原因或处置是什么、如何与其他区分、哪些检查支持它。--full 所打印的发现编号，会在 --account 指定的户号中查找；若是原因，还会说明该户账单中支持与不利的证据。",
	"help.explain-to-customer.short": "向用户说明账单的信函",
	"help.explain-to-customer.long": `explain-to-customer 撰写信函或消息：用通俗的话说明账单为何如此、接下来做什么、最迟何时、用户今天就能做什么，以及如何、何时找得到人。证据不支持的不写，别人说的也不写。

联系方式与服务时间取自配置文件（"whybill config init"），不可缺少：请人“来电咨询”，就要说明何时可以打。`,
	"help.import.short": "把文件导入数据库",
	"help.import.long": `import 把 CSV 与 XLSX 文件导入数据库。文件按表头行辨识，不看文件名；列顺序不拘，名称可用英文或中文。

每个文件是一个事务：要么全部导入，要么完全不导入；相同内容再导入一次不会有任何改变。更正先前数据的文件，会取代两者都提到的部分，并说明共几行。无法读取的文件会连同原因列出，其他文件照常导入，退出状态为 2（--strict 则全部不导入）。指名的文件若不存在，则什么都不导入。无法读取的行会连同文件、行号、列、原因与内容列出，其余照常导入。跳过的行连同表头行存放在数据库旁的文件，供更正后再导入；使用 --repair 时，改动过的行也有清单。若一个文件跳过的行超过百分之一，退出状态为 2。

最后会扫过所有用户一次，找出只有其他用户才看得出的事，存起来供 check、batch 与 report 使用；之后的导入若改变其内容，会重新计算。`,
	"help.inspect.short": "显示文件会如何读取",
	"help.inspect.long": `inspect 显示文件会如何读取，不写入任何数据：编码、分隔方式、表格从何处开始、属于哪一种表、各列的意义与三个示例值（读取前后），以及按原因分组的问题与前几行。

加上 --rows 会把整张表打印成干净的 CSV，不论表的内容为何：UTF-8、逗号分隔、有表头行则在最前、略去标题文字与备注，每格都是读到的文字。`,
	"help.mapping.short":      "说明文件各列的意义",
	"help.mapping.long":       "mapping 协助编写映射文件：说明无法由标题辨识的列代表什么。import、inspect、batch 以 --mapping 读取。",
	"help.mapping.init.short": "生成映射文件模板",
	"help.mapping.init.long":  "init 按文件中已辨识的内容生成映射文件，各列的前几格以注释列出。未能辨识的列留待填写。",
	"help.model.short":        "查看学得的内容",
	"help.model.show.short":   "打印模型",
	"help.model.show.long": `show 以 JSON 逐组打印训练所得：超参数、季节形状、区间校准、承诺兑现的情形。尚未训练时打印默认值。

--outcomes 则打印上门结果：每项检查、每种原因的命中率，上门前与上门后的期望值，以及各原因的事前概率因此变动多少。`,
	"help.notice.short":       "通知寄出前先查看",
	"help.notice.check.short": "列出通知中会惹恼收件人的地方",
	"help.notice.check.long": `check 读取通知（纯文字或 Markdown，中英文皆可），列出会惹恼收件人的地方：没有服务时间、送达当天无人上班、无法照办的指示、金额错误、有变更或争议尚待处理、没写清楚是关于什么。

给了 --account，待处理事项与欠款取自数据库。`,
	"help.rebill.short": "逐项重新计算账单",
	"help.rebill.long": `rebill 把账单与应收金额逐项并列，标出差异。有差异时会尝试常见的错误（阶梯未加倍、季节未分段、沿用调整前的版本等），并指出哪一种能分毫不差地重现账单金额。

无法重新计算的（没有费率、版本未知、首期天数不规则）列为“未检查”，并说明缺少什么；绝不会当作正确。`,
	"help.report.short": "生成周报：工作簿与一页 HTML",
	"help.report.long": `report 评估所有用户，写出该有人看的内容：工作簿、一页不需网络的 HTML，以及 JSON 摘要（同时打印，供计划任务记录；--quiet 则不打印）。新增、持续、解除按同一目录的前一份报告判断。先前的报告或保存的清单已派员前往的用户进入冷却期：排在最后、加注，并单独计数。

可以重复执行（内容完全相同），中途被终止也不会破坏旧报告；同时执行两次也不会混在一起。`,
	"help.selftest.short": "用户自行检测的结果与意义",
	"help.selftest.long": `selftest 判读用户关闭总开关后所看到的情形：测得的功率与区间、这次测试最小能看出多少功率，以及对争议用量代表什么。若测试本来就看不出所要找的，会判为无法判定，并说明需要测多久。互相矛盾的测试，以能看到小得多的那一次为准；相差不多时，以看到表在走的那一次为准。

水与燃气的 --main 是表后的阀门，--branches 是水龙头或器具，流量以每小时升或立方米表示。可能漏气时不做检测：plan 的第一句就是这一点。

指定户号时，测试会存为证据（--no-store 则不存）；之后 check 会加以计入。`,
	"help.selftest.plan.short":  "如何测试才看得出结果",
	"help.selftest.plan.long":   "plan 以用户的语言（--lang）打印该看什么、看多久，才看得出争议用量；最前面是安全提醒，最后是正式鉴定所需的表格。",
	"help.tariff.short":         "费率：list、show、price、compare、validate",
	"help.tariff.long":          "tariff 处理重新计算账单所用的费率：内置的，以及以 --tariff-file 指定的文件（TOML，或 OpenEI 费率数据库的 JSON）。",
	"help.tariff.compare.short": "过去一年若采各种可适用的费率，各需多少",
	"help.tariff.compare.long":  "compare 以该户现行费率，以及同一公司其他可选用的费率，计算过去一年的账单。若某种费率需要账单没有的数据（例如分时用量），则列为“未检查”并说明缺少什么。",
	"help.tariff.list.short":    "列出费率",
	"help.tariff.price.short":   "计算某期间用量的金额",
	"help.tariff.price.long": `price 逐项说明某期间的用量需付多少。期间不含止日：--to 是不计入的第一天，也就是期末抄表日。

若部分日期的费率未知，或缺少所需数据，绝不猜测：会说明缺少什么，退出状态为 2。`,
	"help.tariff.schema.short":   "打印费率文件的 JSON schema，供编辑器使用",
	"help.tariff.show.short":     "以文件形式打印费率",
	"help.tariff.show.long":      "show 打印费率的所有版本与出处，修改后可用 --tariff-file 使用。",
	"help.tariff.validate.short": "检查费率文件",
	"help.tariff.validate.long":  "validate 读取费率文件，指出哪个文件、哪一行有误，以及如何更正。",
	"help.train.short":           "从账单学习何谓平常",
	"help.train.long": `train 从数据库的账单学习同组用户的共通之处：季节形状、用量起伏多大、区间要放多宽。之后 check 与 batch 都会采用；未训练时使用默认值。只有其他用户才看得出的事（每次导入都会保存）也会据此重新计算。

也从上门检查学习各种原因实际上有多常发生：把查到的与上门前一天对同一批用户的预期相比。--outcomes 只学这一项，其余不动。

过去的账单各以当时所知重新判断一次，再看下一张账单来了之后：下一张实际上多常改变决定，“下期账单会改变决定”的概率即以此校正。

给了文件，或使用 --output 时，模型写入文件，供 --model 使用。`,
	"help.version.short":         "打印版本",
	"help.worksheet.short":       "现场工作单",
	"help.worksheet.long":        "worksheet 写出技术员要带的工作单：待查的怀疑、要抄的示数、要带的东西、前几次上门做了什么。绝不会载有投诉内容，也不会写谁投诉了谁。",
	"help.help.short":            "命令或主题的说明",
	"help.help.long":             "help 打印命令的说明，或 \"whybill help\" 最后所列的主题。",
	"help.completion.short":      "生成 shell 自动补全脚本",
	"help.completion.long":       "completion 生成脚本，让 shell 可以补全命令、选项、户号、账单编号、费率、检查与原因。各 shell 的说明会告诉你如何加载。",
	"help.completion.bash.short": "供 bash 使用",
	"help.completion.bash.long": `此脚本需要 bash-completion 软件包。只用于目前的会话：

  source <(whybill completion bash)

在 Linux 上每次都加载：

  whybill completion bash > /etc/bash_completion.d/whybill`,
	"help.completion.zsh.short": "供 zsh 使用",
	"help.completion.zsh.long": `须先启用自动补全（在 ~/.zshrc 中加入 "autoload -U compinit; compinit"）。只用于目前的会话：

  source <(whybill completion zsh)

在 Linux 上每次都加载：

  whybill completion zsh > "${fpath[1]}/_whybill"`,
	"help.completion.fish.short": "供 fish 使用",
	"help.completion.fish.long": `只用于目前的会话：

  whybill completion fish | source

每次都加载：

  whybill completion fish > ~/.config/fish/completions/whybill.fish`,
	"help.completion.powershell.short": "供 PowerShell 使用",
	"help.completion.powershell.long": `只用于目前的会话：

  whybill completion powershell | Out-String | Invoke-Expression

要每次都加载，请把此命令的输出加入配置文件（profile）。`,
	"help.tables.short": "输入表与列",
	"help.tables.long": `CSV 文件或 XLSX 工作表按表头行辨识，不看文件名。列顺序不拘，名称可用英文、繁体或简体中文；星号表示必要列。"whybill inspect FILE" 显示文件会如何读取。

accounts     account_id* service unit premise_id name class tariff region route moved_in
             moved_out status service_amps phases meter_size occupants weather_station
             previous_account_id
meters       account_id* meter_id* installed_on removed_on initial_reading final_reading
             multiplier digits resolution constant verified_until
readings     account_id* read_on* reading* meter_id register quality reader
bills        account_id* period_start* period_end* usage* bill_id unit amount currency
             issued_on due_on tariff reading_from reading_to quality cancels_bill_id
bill_lines   account_id* bill_id* code* amount* description quantity unit_price from to
appliances   account_id* appliance* watts* hours_per_day* count from until months
             watts_low watts_high hours_low hours_high
weather      station* date* mean_temp_c*（或 min 与 max）
intervals    account_id* start* usage* unit end 或 minutes meter_id quality
events       account_id* at* kind* due ref amount note by
inspections  account_id* outcome* inspected_on recovered_usage recovered_amount

示数视为当日一开始所抄。period_end 究竟是计入的最后一天，还是不计入的次日，由各文件中前后相接的账单判断；也可用 --period-end 指定。`,
	"help.exit-status.short": "退出状态的意义",
	"help.exit-status.long": `退出状态是接口的一部分。

--fail-on 可要求以 1 退出：某严重度以上（"severity:3"）、某种处置（"inspect"）、某项检查（"U01"），或任何处置（"any"）；数项以逗号分隔。输出与不加时相同，计划任务记录因此兼有答案与状态。`,
	"help.environment.short": "环境变量",
	"help.environment.long": `WHYBILL_DB      数据库（--db 优先）
WHYBILL_CONFIG  配置文件（--config 优先）
WHYBILL_LANG    语言：en、zh-TW、zh-CN（--lang 优先）；其次为配置文件，
                再其次为 LC_ALL、LC_MESSAGES、LANG
NO_COLOR        设为任何值即不使用颜色
WHYBILL_DEBUG   显示内部错误发生的位置
XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME
                数据库、配置文件、演示文件的默认位置`,
	"help.cron.short": "以 cron 或 systemd timer 生成周报",
	"help.cron.long": `周报可以反复执行：同一周的内容完全相同，中途被终止会保留旧报告，同时执行两次也不会混在一起。摘要写到标准输出，无法读取的数据写到标准错误。

写成 crontab，每周一早上五点，处理前一周：

  0 5 * * 1  whybill import --quiet /srv/exports; whybill report --quiet --week "$(date -d 'last week' +\%G-W\%V)" --out /srv/reports

写成 systemd 的 service 与 timer：

  # /etc/systemd/system/whybill-report.service
  [Service]
  Type=oneshot
  User=whybill
  Environment=WHYBILL_DB=/srv/whybill/whybill.db
  ExecStart=/bin/sh -c 'whybill import --quiet /srv/exports; whybill report --quiet --week "$$(date -d "last week" +%%G-W%%V)" --out /srv/reports'

  # /etc/systemd/system/whybill-report.timer
  [Timer]
  OnCalendar=Mon 05:00
  Persistent=true
  [Install]
  WantedBy=timers.target

需要发出警示的计划任务，用 --fail-on：

  whybill batch --quiet --fail-on inspect,rebill || mail -s "有账单待处理" somebody`,
	"help.exit_status":      "退出状态：0 完成；1 仅在 --fail-on 要求且条件成立时；2 用法或输入有误；3 内部错误；130 中断。",
	"help.heading.usage":    "用法：",
	"help.heading.examples": "示例：",
	"help.heading.answer":   "评估与争议：",
	"help.heading.data":     "数据：",
	"help.heading.commands": "命令：",
	"help.heading.more":     "其他命令：",
	"help.heading.topics":   "说明主题：",
	"help.heading.flags":    "选项：",
	"help.heading.global":   "通用选项：",
	"help.use.flags":        "[选项]",
	"help.use.command":      "命令",
	"help.more":             "\"{command} 命令 --help\" 说明个别命令。",
	"help.default":          "（默认 {value}）",
	"help.value":            "值",
}
