package locale

// enStore words what is wrong with a database file.
var enStore = catalogue{
	"store.missing":              "there is no database at {path}",
	"store.missing.hint":         "run `whybill import FILE...` first, or name another database with --db",
	"store.not_a_database":       "{path} is not a whybill database",
	"store.not_a_database.hint":  "name the database with --db; files of rows are imported with `whybill import`",
	"store.corrupt":              "the database {path} is damaged",
	"store.corrupt.hint":         "restore it from a copy, or move it away and import the files again",
	"store.locked":               "another process is writing to the database {path}",
	"store.locked.hint":          "try again when it has finished",
	"store.newer":                "the database {path} was written by a newer version of whybill",
	"store.newer.hint":           "use that version, or a newer one",
	"store.older":                "the database {path} was written by an older version of whybill and has to be brought up to date",
	"store.older.hint":           "import anything into it once, where it may be written",
	"store.directory":            "{path} is a folder, not a database",
	"store.no_permission":        "no permission to use the database {path}",
	"store.no_permission.hint":   "the file has to be readable, and so has the folder that it lies in",
	"store.write_protected":      "the database {path} can be read, but not written",
	"store.write_protected.hint": "imports, cases and training need the right to write the file and the folder that it lies in; or name another database with --db",
	"store.unmerged":             "the latest changes to {path} lie beside it in a file of their own, and the folder may not be written",
	"store.unmerged.hint":        "copy the database together with the file ending in -wal to a folder that you may write to, and name it with --db",
	"store.no_space":             "no space is left for the database {path}",
	"store.unknown_account":      "there is no account {account}",
}
