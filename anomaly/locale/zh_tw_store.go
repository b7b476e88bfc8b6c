package locale

// zhTWStore words what is wrong with a database file.
var zhTWStore = catalogue{
	"store.missing":              "{path} 沒有資料庫",
	"store.missing.hint":         "請先執行 `whybill import FILE...`，或以 --db 指定其他資料庫",
	"store.not_a_database":       "{path} 不是 whybill 資料庫",
	"store.not_a_database.hint":  "請以 --db 指定資料庫；資料檔請以 `whybill import` 匯入",
	"store.corrupt":              "資料庫 {path} 已損毀",
	"store.corrupt.hint":         "請以備份還原，或將它移走後重新匯入檔案",
	"store.locked":               "另一個程式正在寫入資料庫 {path}",
	"store.locked.hint":          "請待其完成後再試",
	"store.newer":                "資料庫 {path} 由較新版本的 whybill 寫成",
	"store.newer.hint":           "請使用該版本或更新的版本",
	"store.older":                "資料庫 {path} 由較舊版本的 whybill 寫成，須先更新",
	"store.older.hint":           "請在可寫入處對它匯入一次任一檔案",
	"store.directory":            "{path} 是資料夾，不是資料庫",
	"store.no_permission":        "沒有使用資料庫 {path} 的權限",
	"store.no_permission.hint":   "檔案與所在資料夾都要有讀取權限",
	"store.write_protected":      "資料庫 {path} 可以讀取，但無法寫入",
	"store.write_protected.hint": "匯入、案件與訓練需要檔案及所在資料夾的寫入權限；或用 --db 指定另一個資料庫",
	"store.unmerged":             "{path} 最新的變更還在旁邊的另一個檔案裡，而該資料夾無法寫入",
	"store.unmerged.hint":        "請把資料庫連同檔名以 -wal 結尾的檔案複製到可以寫入的資料夾，再用 --db 指定",
	"store.no_space":             "資料庫 {path} 所在的磁碟空間不足",
	"store.unknown_account":      "查無電號 {account}",
}
