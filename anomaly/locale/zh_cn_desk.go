package locale

var zhCNDesk = catalogue{
	"not_checked.days_off":     "所依据年度的假日未知；请在规则文件列出",
	"term.days_off.known":      "",
	"term.days_off.unverified": "（假日未经查证）",
	"term.days_off.unknown":    "（只计周末：该年度的假日未知）",
	"case.close_promise":       "约定 {due}（{day}）的上门还没有做",
	"case.close_promise.hint":  "用 `whybill case visit` 记录；--force 理由 可强制结案，理由会留存",
	"case.close_answer":        "约定 {due}（{day}）的答复还没有给",
	"case.close_answer.hint":   "用 `whybill case note --told` 记录；--force 理由 可强制结案，理由会留存",
	"case.close_found":         "不能以“查无异常”结案：{on} 的上门发现{cause}",
	"case.close_found.hint":    "请以该原因结案；--force 理由 可强制结案，理由会留存",
	"case.no_application":      "{case} 不是申请",
	"case.no_application.hint": "用 `whybill case application` 记录申请",
	"case.due_closed":          "{due}（{day}）没有人上班{days_off}；下一个工作日是 {open}（{open_day}）",
	"case.promise_answer":      "约定 {due}（{day}）答复：{state}",
	"case.now_decided":         "{case}：已决定",
	"notice.days_off":          "不知道 {arrives}（{day}）是否放假：规则文件没有列出该年度的假日。",
	"term.entry.application":   "申请",
}
