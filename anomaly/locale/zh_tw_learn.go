package locale

// zhTWLearn holds what is said of visits: what they found, and what was learnt from it.
var zhTWLearn = catalogue{
	"M04.draw.found":                "{on} {off}，表曾走 {rate}（{low} 到 {high}），{days} 天為 {usage}。{found} 的訪查已查明原因：{cause}。",
	"M04.partial.found":             "{on} {off}，表曾走 {rate}（{low} 到 {high}），{days} 天為 {usage}，是爭議用量的一部分。{found} 的訪查已查明原因：{cause}。",
	"say.never.blame.found":         "「有人偷電」",
	"say.never.blame.found.because": "（只說 {on} 訪查發現了什麼，不說是誰做的）",

	"priors.none":               "尚未訪查過任何用戶：事前機率維持不變",
	"priors.learnt":             "已從截至 {until} 的 {visits} 次訪查學習，其中 {found} 次查到異常：`whybill model show --outcomes` 顯示變動",
	"priors.unasked":            "無人詢問的帳單，看帳單之前（{visits} 次訪查，{found} 次查到異常）：",
	"priors.asked":              "有人詢問的帳單，看帳單之前（{visits} 次訪查，{found} 次查到異常）：",
	"priors.header":             "原因\t查到\t預期\t95% 區間\t之前\t之後",
	"priors.terms":              "訪查之前的看法，每個原因相當於 {worth} 次預期的發現；異常存在且有查看時，訪查能查到 {sensitivity}。",
	"priors.in_use":             "check、batch 與 report 已據此判斷。",
	"priors.not_in_use":         "尚未採用：`whybill train --outcomes` 即可採用。",
	"priors.given":              "看帳單之前：{unasked}；有人詢問時 {asked}。",
	"priors.now":                "從截至 {until} 的 {visits} 次訪查學得：{unasked}；有人詢問時 {asked}。",
	"outcomes.random":           "其中隨機抽取",
	"model.priors.cause":        "事前機率中有未知的原因 {cause}",
	"model.priors.order":        "事前機率中 {cause} 重複或次序不對",
	"model.priors.factor":       "事前機率把 {cause} 的勝算乘以 {factor}，不合理",
	"week.priors":               "各原因的事前機率學自截至 {until} 的 {visits} 次訪查",
	"help.model.causes.short":   "印出內建的原因檔：事前機率、可能性與出處",
	"help.model.causes.long":    "causes 印出看帳單之前對各原因的看法，以及每項證據的份量，可據以編寫自己的檔案。設定檔的 model.causes 指定整份取代它的檔案。",
	"help.model.actions.short":  "印出內建的行動檔：各行動的成本與能看出什麼",
	"help.model.actions.long":   "actions 印出各原因由什麼行動解決、若屬實下期帳單會怎樣、各行動的成本與能看出什麼，可據以編寫自己的檔案。設定檔的 model.actions 指定整份取代它的檔案。",
	"config.comment.causes":     "# 未設定 causes：採用內建檔案（whybill model causes）",
	"config.comment.neighbours": "# 評估時是否參照其他用戶：同類用戶、抄表路線、抄表員、同期的共同變化",
	"config.comment.actions":    "# 未設定 actions：採用內建檔案（whybill model actions）",
	"diagnose.explained":        "與對照的帳單相差 {change}，可由日數、天氣、設備或先前的估計解釋全部或一部分。",
}
