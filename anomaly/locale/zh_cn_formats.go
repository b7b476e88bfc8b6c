package locale

// zhCNFormats words what the readers of XLSX, NEM12, NEM13 and Green Button say.
var zhCNFormats = catalogue{
	"zip.damaged":        "压缩包已损坏，或不是 zip 压缩包",
	"zip.damaged_member": "压缩包内的 {member} 已损坏",
	"zip.too_many":       "压缩包内有 {count} 个文件，上限为 {limit} 个",
	"zip.too_large":      "{member} 解压后为 {size} MB，上限为 {limit} MB",
	"zip.bomb":           "{member} 解压后为原大小的 {ratio} 倍，疑为恶意压缩包",
	"zip.bomb_together":  "压缩包解压后为原大小的 {ratio} 倍，疑为恶意压缩包",
	"zip.encrypted":      "压缩包内的 {member} 有密码保护",
	"zip.method":         "压缩包内的 {member} 使用了不支持的压缩方式，请重新打包为普通 zip",

	"xlsx.damaged":       "工作簿的 {part} 已损坏",
	"xlsx.encoding":      "工作簿的 {part} 不是 UTF-8 编码，请另存为 .xlsx",
	"xlsx.row_too_large": "工作簿的 {part} 有一行超过 64 MB",
	"xlsx.encrypted":     "工作簿有密码保护，请去掉密码后另存",
	"xlsx.old_format":    "这是旧版 .xls 工作簿，请另存为 .xlsx 或 CSV",
	"xlsx.binary_format": "这是二进制工作簿（.xlsb），请另存为 .xlsx 或 CSV",
	"xlsx.open_document": "这是 OpenDocument 表格（.ods），请另存为 .xlsx 或 CSV",
	"xlsx.no_workbook":   "压缩包内没有工作簿",
	"xlsx.no_sheets":     "工作簿没有工作表",
}
