package locale

var zhTWDesk = catalogue{
	"not_checked.days_off":     "所依據年度的假日未知；請在規則檔列出",
	"term.days_off.known":      "",
	"term.days_off.unverified": "（假日未經查證）",
	"term.days_off.unknown":    "（只計週末：該年度的假日未知）",
	"case.close_promise":       "約定 {due}（{day}）的訪查還沒有做",
	"case.close_promise.hint":  "用 `whybill case visit` 記錄；--force 理由 可強制結案，理由會留存",
	"case.close_answer":        "約定 {due}（{day}）的答覆還沒有給",
	"case.close_answer.hint":   "用 `whybill case note --told` 記錄；--force 理由 可強制結案，理由會留存",
	"case.close_found":         "不能以「查無異常」結案：{on} 的訪查發現{cause}",
	"case.close_found.hint":    "請以該原因結案；--force 理由 可強制結案，理由會留存",
	"case.no_application":      "{case} 不是申請案",
	"case.no_application.hint": "用 `whybill case application` 記錄申請",
	"case.due_closed":          "{due}（{day}）沒有人上班{days_off}；下一個工作日是 {open}（{open_day}）",
	"case.promise_answer":      "約定 {due}（{day}）答覆：{state}",
	"case.now_decided":         "{case}：已決定",
	"notice.days_off":          "不知道 {arrives}（{day}）是否放假：規則檔沒有列出該年度的假日。",
	"term.entry.application":   "申請",
}
