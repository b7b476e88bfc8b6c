package locale

import "maps"

// catalogues holds, by language, the parts that the rooms keep in files of their own:
// one file a room and language, such as en_check.go.
var catalogues = map[Lang]catalogue{
	English:     merge(enTerms, enUsage, enHelp, enFlags, enCheckData, enCases, enDesk, enCheckBill, enBill, enCmd, enTariff, enStore, enPipeline, enEstimate, enCheck, enSelftest, enDiagnose, enDecide, enReport, enTables, enWeek, enPage, enLetters, enFormats, enVisits, enImport, enLearn, enServices),
	Traditional: merge(zhTWTerms, zhTWUsage, zhTWHelp, zhTWFlags, zhTWCheckData, zhTWCases, zhTWDesk, zhTWCheckBill, zhTWBill, zhTWCmd, zhTWTariff, zhTWStore, zhTWPipeline, zhTWEstimate, zhTWCheck, zhTWSelftest, zhTWDiagnose, zhTWDecide, zhTWReport, zhTWTables, zhTWWeek, zhTWPage, zhTWLetters, zhTWFormats, zhTWVisits, zhTWImport, zhTWLearn, zhTWServices),
	Simplified:  merge(zhCNTerms, zhCNUsage, zhCNHelp, zhCNFlags, zhCNCheckData, zhCNCases, zhCNDesk, zhCNCheckBill, zhCNBill, zhCNCmd, zhCNTariff, zhCNStore, zhCNPipeline, zhCNEstimate, zhCNCheck, zhCNSelftest, zhCNDiagnose, zhCNDecide, zhCNReport, zhCNTables, zhCNWeek, zhCNPage, zhCNLetters, zhCNFormats, zhCNVisits, zhCNImport, zhCNLearn, zhCNServices),
}

// merge joins parts; a key that stands in two of them is a programming error.
func merge(parts ...catalogue) catalogue {
	all := catalogue{}
	for _, part := range parts {
		for k := range part {
			if _, twice := all[k]; twice {
				panic("locale: key " + k + " stands in two parts of a catalogue")
			}
		}
		maps.Copy(all, part)
	}
	return all
}
