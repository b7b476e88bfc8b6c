package locale

// zhCNStore words what is wrong with a database file.
var zhCNStore = catalogue{
	"store.missing":              "{path} 处没有数据库",
	"store.missing.hint":         "请先运行 `whybill import FILE...`，或用 --db 指定其他数据库",
	"store.not_a_database":       "{path} 不是 whybill 数据库",
	"store.not_a_database.hint":  "请用 --db 指定数据库；数据文件请用 `whybill import` 导入",
	"store.corrupt":              "数据库 {path} 已损坏",
	"store.corrupt.hint":         "请从备份恢复，或将其移走后重新导入文件",
	"store.locked":               "另一个程序正在写入数据库 {path}",
	"store.locked.hint":          "请等它完成后再试",
	"store.newer":                "数据库 {path} 由较新版本的 whybill 写成",
	"store.newer.hint":           "请使用该版本或更新的版本",
	"store.older":                "数据库 {path} 由较旧版本的 whybill 写成，需先升级",
	"store.older.hint":           "请在可写入处向其中导入一次任意文件",
	"store.directory":            "{path} 是文件夹，不是数据库",
	"store.no_permission":        "没有使用数据库 {path} 的权限",
	"store.no_permission.hint":   "文件与所在文件夹都要有读取权限",
	"store.write_protected":      "数据库 {path} 可以读取，但无法写入",
	"store.write_protected.hint": "导入、案件与训练需要文件及所在文件夹的写入权限；或用 --db 指定另一个数据库",
	"store.unmerged":             "{path} 最新的更改还在旁边的另一个文件里，而该文件夹无法写入",
	"store.unmerged.hint":        "请把数据库连同文件名以 -wal 结尾的文件复制到可以写入的文件夹，再用 --db 指定",
	"store.no_space":             "数据库 {path} 所在磁盘空间不足",
	"store.unknown_account":      "查无户号 {account}",
}
