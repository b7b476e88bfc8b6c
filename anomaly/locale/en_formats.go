package locale

// enFormats words what the readers of XLSX, NEM12, NEM13 and Green Button say.
var enFormats = catalogue{
	"zip.damaged":        "the archive is damaged or is not a zip archive",
	"zip.damaged_member": "{member} in the archive is damaged",
	"zip.too_many":       "the archive holds {count} files; the limit is {limit}",
	"zip.too_large":      "{member} would unpack to {size} MB; the limit is {limit} MB",
	"zip.bomb":           "{member} would unpack to {ratio} times its size, as an archive made to do harm does",
	"zip.bomb_together":  "the archive would unpack to {ratio} times its size, as an archive made to do harm does",
	"zip.encrypted":      "{member} in the archive is locked with a password",
	"zip.method":         "{member} in the archive is packed in a way that is not supported; pack it again as an ordinary zip",

	"xlsx.damaged":       "the workbook is damaged in {part}",
	"xlsx.encoding":      "{part} in the workbook is not in UTF-8; save it again as .xlsx",
	"xlsx.row_too_large": "{part} in the workbook has a row of more than 64 MB",
	"xlsx.encrypted":     "the workbook is locked with a password; save it without one",
	"xlsx.old_format":    "this is a workbook in the old .xls format; save it as .xlsx or CSV",
	"xlsx.binary_format": "this is a binary workbook (.xlsb); save it as .xlsx or CSV",
	"xlsx.open_document": "this is an OpenDocument sheet (.ods); save it as .xlsx or CSV",
	"xlsx.no_workbook":   "the archive holds no workbook",
	"xlsx.no_sheets":     "the workbook has no worksheet",
}
