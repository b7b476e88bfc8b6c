package locale

// zhTWPage is what only the week's page says.
var zhTWPage = catalogue{
	"week.noscript.first": "未啟用時，長表格只顯示前面的資料列。",
	"week.unchecked":      "未檢查：{ids}",
	"week.old_browser":    "這個瀏覽器版本太舊，無法展開圖表、證據與後面的資料列；請改用較新的瀏覽器，或開啟活頁簿。",
}
