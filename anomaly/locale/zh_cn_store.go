package locale

// zhCNStore words what is wrong with a database file.
var zhCNStore = catalogue{
	"store.missing":             "{path} 处没有数据库",
	"store.missing.hint":        "请先运行 `whybill import FILE...`，或用 --db 指定其他数据库",
	"store.not_a_database":      "{path} 不是 whybill 数据库",
	"store.not_a_database.hint": "请用 --db 指定数据库；数据文件请用 `whybill import` 导入",
	"store.corrupt":             "数据库 {path} 已损坏",
	"store.corrupt.hint":        "请从备份恢复，或将其移走后重新导入文件",
	"store.locked":              "另一个程序正在写入数据库 {path}",
	"store.locked.hint":         "请等它完成后再试",
	"store.newer":               "数据库 {path} 由较新版本的 whybill 写成",
	"store.newer.hint":          "请使用该版本或更新的版本",
	"store.older":               "数据库 {path} 由较旧版本的 whybill 写成，需先升级",
	"store.older.hint":          "请在可写入处向其中导入一次任意文件",
	"store.directory":           "{path} 是文件夹，不是数据库",
	"store.no_permission":       "没有使用数据库 {path} 的权限",
	"store.no_space":            "数据库 {path} 所在磁盘空间不足",
	"store.unknown_account":     "查无户号 {account}",
}
