package locale

// zhTWFormats words what the readers of XLSX, NEM12, NEM13 and Green Button say.
var zhTWFormats = catalogue{
	"zip.damaged":        "壓縮檔已損壞，或不是 zip 壓縮檔",
	"zip.damaged_member": "壓縮檔內的 {member} 已損壞",
	"zip.too_many":       "壓縮檔內有 {count} 個檔案，上限為 {limit} 個",
	"zip.too_large":      "{member} 解壓縮後為 {size} MB，上限為 {limit} MB",
	"zip.bomb":           "{member} 解壓縮後為原大小的 {ratio} 倍，疑為惡意壓縮檔",
	"zip.bomb_together":  "壓縮檔解開後為原大小的 {ratio} 倍，疑為惡意壓縮檔",
	"zip.encrypted":      "壓縮檔內的 {member} 有密碼保護",
	"zip.method":         "壓縮檔內的 {member} 使用不支援的壓縮方式，請重新壓縮為一般 zip",

	"xlsx.damaged":       "活頁簿的 {part} 已損壞",
	"xlsx.encoding":      "活頁簿的 {part} 不是 UTF-8 編碼，請另存為 .xlsx",
	"xlsx.row_too_large": "活頁簿的 {part} 有一列超過 64 MB",
	"xlsx.encrypted":     "活頁簿有密碼保護，請移除密碼後另存",
	"xlsx.old_format":    "這是舊版 .xls 活頁簿，請另存為 .xlsx 或 CSV",
	"xlsx.binary_format": "這是二進位活頁簿（.xlsb），請另存為 .xlsx 或 CSV",
	"xlsx.open_document": "這是 OpenDocument 試算表（.ods），請另存為 .xlsx 或 CSV",
	"xlsx.no_workbook":   "壓縮檔內沒有活頁簿",
	"xlsx.no_sheets":     "活頁簿沒有工作表",
}
