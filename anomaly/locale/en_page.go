package locale

// enPage is what only the week's page says.
var enPage = catalogue{
	"week.noscript.first": "Without it a long table shows its first rows only.",
	"week.unchecked":      "Unchecked: {ids}",
	"week.old_browser":    "This browser is too old to unpack the charts, the evidence and the rows beyond the first: open the page in a newer one, or the workbook.",
}
