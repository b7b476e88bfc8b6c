package locale

// zhCNLearn holds what is said of visits: what they found, and what was learnt from it.
var zhCNLearn = catalogue{
	"M04.draw.found":                "{on} {off}，表曾走 {rate}（{low} 到 {high}），{days} 天为 {usage}。{found} 的上门检查已查明原因：{cause}。",
	"M04.partial.found":             "{on} {off}，表曾走 {rate}（{low} 到 {high}），{days} 天为 {usage}，是争议用量的一部分。{found} 的上门检查已查明原因：{cause}。",
	"say.never.blame.found":         "“有人偷电”",
	"say.never.blame.found.because": "（只说 {on} 上门检查发现了什么，不说是谁做的）",

	"priors.none":               "还没有上门检查过任何用户：事前概率不变",
	"priors.learnt":             "已从截至 {until} 的 {visits} 次上门检查中学习，其中 {found} 次查到异常：`whybill model show --outcomes` 显示变动",
	"priors.unasked":            "无人询问的账单，看账单之前（{visits} 次上门检查，{found} 次查到异常）：",
	"priors.asked":              "有人询问的账单，看账单之前（{visits} 次上门检查，{found} 次查到异常）：",
	"priors.header":             "原因\t查到\t预期\t95% 区间\t之前\t之后",
	"priors.terms":              "上门检查之前的看法，每个原因相当于 {worth} 次预期的发现；异常存在且有查看时，上门检查能查到 {sensitivity}。",
	"priors.in_use":             "check、batch 和 report 已据此判断。",
	"priors.not_in_use":         "尚未采用：`whybill train --outcomes` 即可采用。",
	"priors.given":              "看账单之前：{unasked}；有人询问时 {asked}。",
	"priors.now":                "从截至 {until} 的 {visits} 次上门检查学得：{unasked}；有人询问时 {asked}。",
	"outcomes.random":           "其中随机抽取",
	"model.priors.cause":        "事前概率中有未知的原因 {cause}",
	"model.priors.order":        "事前概率中 {cause} 重复或次序不对",
	"model.priors.factor":       "事前概率把 {cause} 的胜算乘以 {factor}，不合理",
	"week.priors":               "各原因的事前概率学自截至 {until} 的 {visits} 次上门检查",
	"help.model.causes.short":   "打印内置的原因文件：事前概率、可能性与出处",
	"help.model.causes.long":    "causes 打印看账单之前对各原因的看法，以及每项证据的分量，可据此编写自己的文件。配置文件的 model.causes 指定整份取代它的文件。",
	"help.model.actions.short":  "打印内置的行动文件：各行动的成本与能看出什么",
	"help.model.actions.long":   "actions 打印各原因由什么行动解决、若属实下期账单会怎样、各行动的成本与能看出什么，可据此编写自己的文件。配置文件的 model.actions 指定整份取代它的文件。",
	"config.comment.causes":     "# 未设置 causes：采用内置文件（whybill model causes）",
	"config.comment.neighbours": "# 评估时是否参照其他用户：同类用户、抄表路线、抄表员、同期的共同变化",
	"config.comment.actions":    "# 未设置 actions：采用内置文件（whybill model actions）",
	"diagnose.explained":        "与对照的账单相差 {change}，可由天数、天气、设备或先前的估计解释全部或一部分。",
}
