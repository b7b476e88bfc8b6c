package locale

// zhCNPage is what only the week's page says.
var zhCNPage = catalogue{
	"week.noscript.first": "未启用时，长表格只显示前面的行。",
	"week.unchecked":      "未检查：{ids}",
	"week.old_browser":    "此浏览器版本过旧，无法展开图表、证据与后面的行；请改用较新的浏览器，或打开工作簿。",
}
