package locale

// zhCNLearn holds what is said of visits: what they found, and what was learnt from it.
var zhCNLearn = catalogue{
	"M04.draw.found":                "总闸拉下时电表曾走 {rate}（{low} 到 {high}），{days} 天为 {usage}。{on} 的上门检查已查明原因：{cause}。",
	"M04.partial.found":             "总闸拉下时电表曾走 {rate}（{low} 到 {high}），{days} 天为 {usage}，是争议用量的一部分。{on} 的上门检查已查明原因：{cause}。",
	"say.never.blame.found":         "“有人偷电”",
	"say.never.blame.found.because": "（只说 {on} 上门检查发现了什么，不说是谁做的）",
}
