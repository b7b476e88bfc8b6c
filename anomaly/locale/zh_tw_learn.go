package locale

// zhTWLearn holds what is said of visits: what they found, and what was learnt from it.
var zhTWLearn = catalogue{
	"M04.draw.found":                "總開關關閉時電表曾走 {rate}（{low} 到 {high}），{days} 天為 {usage}。{on} 的訪查已查明原因：{cause}。",
	"M04.partial.found":             "總開關關閉時電表曾走 {rate}（{low} 到 {high}），{days} 天為 {usage}，是爭議用量的一部分。{on} 的訪查已查明原因：{cause}。",
	"say.never.blame.found":         "「有人偷電」",
	"say.never.blame.found.because": "（只說 {on} 訪查發現了什麼，不說是誰做的）",
}
