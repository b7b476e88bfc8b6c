package report

import (
	"fmt"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

func date(s string) anomaly.Date { return anomaly.MustDate(s) }

func money(s string) anomaly.NullDecimal { return anomaly.Known(anomaly.MustDecimal(s)) }

func span(start, end string) anomaly.Period {
	return anomaly.Period{Start: date(start), End: date(end)}
}

// plain is a sentence that stands for what another room's catalogue would say: a key
// without a template is written as it is.
func plain(sentences map[locale.Lang]string, lang locale.Lang) anomaly.Message {
	return anomaly.Msg(sentences[lang])
}

// story is the 1400 kWh bill of the disputes that whybill exists for: a first bill in
// a new home against 807 kWh in the parents' home, an agent's wrong claim, the
// customer's own arithmetic. Figures: 1400/59 = 23.7 a day; 593-200-100 = 293 kWh = 207 W
// over 59 days; 4137 and 1756 are the payable amounts under the versions of 2025-10-01
// and 2024-04-01. The ranges are of the size that the estimate gives.
func story(lang locale.Lang) *anomaly.Assessment {
	say := func(en, tw, cn string) anomaly.Message {
		return plain(map[locale.Lang]string{locale.English: en, locale.Traditional: tw, locale.Simplified: cn}, lang)
	}
	file := func(row int32) []anomaly.Source { return []anomaly.Source{{File: "bills.csv", Row: row}} }
	a := &anomaly.Assessment{
		AccountID: "07-4411-2026", BillKey: "2026-01", Service: anomaly.Electricity, Unit: "kWh",
		Period: span("2026-01-01", "2026-03-01"), Usage: anomaly.MustDecimal("1400"), Amount: money("4137"), Currency: "TWD",
		Quality: anomaly.Actual, Source: file(14)[0],
		Estimate: anomaly.Estimate{
			Known: true, Usage: 912, Low90: 310, High90: 2480, Low95: 250, High95: 3100, Low99: 150, High99: 5000,
			PeriodsUsed: 11, OtherPremise: true,
			SetAside: []anomaly.SetAside{{BillKey: "2024-07", Reason: say("estimated, nobody read the meter", "估抄，沒有人看過電表", "估抄，没有人看过电表")}},
			Basis: []anomaly.Message{
				say("11 bills of the previous home, widened because it is another home", "前一處住家的 11 期帳單，因為是另一處住家而放寬範圍", "前一处住房的 11 期账单，因为是另一处住房而放宽范围"),
				say("appliances added since then: 150 to 873 kWh, 466 in the middle", "之後新增的電器：150 至 873 度，中間值 466 度", "之后新增的电器：150 至 873 千瓦时，中间值 466 千瓦时"),
			},
			Reference: anomaly.Reference{BillKey: "2025-01", Period: span("2025-01-01", "2025-03-01"), Usage: 807, Amount: money("1756"), OtherPremise: true},
		},
		Rebill: anomaly.Rebill{Amount: money("4137"), Priced: &anomaly.Priced{
			Tariff: "tw.taipower.residential.non_tou", Version: "2025-10-01", Currency: "TWD", Unit: anomaly.MustDecimal("1"), Amount: anomaly.MustDecimal("4137"),
			Lines: []anomaly.PricedLine{
				{Code: "energy", Quantity: anomaly.MustDecimal("240"), UnitPrice: anomaly.MustDecimal("1.78"), Amount: anomaly.MustDecimal("427.2")},
				{Code: "energy", Quantity: anomaly.MustDecimal("1160"), UnitPrice: anomaly.MustDecimal("3.1977"), Amount: anomaly.MustDecimal("3709.4")},
			},
		}},
		Explained: []anomaly.ExplainedRow{
			{What: anomaly.PartReference, Usage: anomaly.MustDecimal("807"), Amount: money("1756")},
			{What: anomaly.PartDays, Usage: anomaly.MustDecimal("0"), Amount: money("0")},
			{What: anomaly.PartSeason, Usage: anomaly.MustDecimal("-12"), Amount: money("-26")},
			{What: anomaly.PartAppliances, Usage: anomaly.MustDecimal("466"), Amount: money("1014")},
			{What: anomaly.PartDrift, Usage: anomaly.MustDecimal("4"), Amount: money("9")},
			{What: anomaly.PartPrice, Usage: anomaly.MustDecimal("0"), Amount: money("62")},
			{What: anomaly.PartTier, Usage: anomaly.MustDecimal("0"), Amount: money("1032")},
			{What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal("135"), Amount: money("290")},
		},
		Unexplained: anomaly.UnexplainedRange{Known: true, Low: -1080, Middle: 135, High: 1090},
		Findings: []anomaly.Finding{
			{
				Check: "U06", Ref: "U06-3f2a9c", Severity: anomaly.High, Action: anomaly.ActionSelftest,
				Usage: anomaly.KnownUsage(293), Amount: money("1242.3"), Evidence: append(file(14), anomaly.Source{File: "appliances.csv", Row: 2}),
				Message: say("293 kWh of the rise are not in the customer's allowance: 207 W day and night, NT$1,242.3.",
					"增加的用量中有 293 度不在用戶自估之內：相當於日夜不停的 207 W，金額 NT$1,242.3。",
					"增加的用量中有 293 千瓦时不在用户自估之内：相当于日夜不停的 207 W，金额新台币1,242.3。"),
			},
			{
				Check: "U07", Ref: "U07-0011aa", Severity: anomaly.Low, Action: anomaly.ActionExplain, Evidence: file(8),
				Message: say("Last year's figure comes from another home.", "去年的數字來自另一處住家。", "去年的数字来自另一处住房。"),
			},
			{
				Check: "U13", Ref: "U13-77ab01", Severity: anomaly.Low, Action: anomaly.ActionExplain, Usage: anomaly.KnownUsage(293),
				Message: say("The customer's 400 kWh take a monthly figure for a two-month bill: 593 - 200 - 100 = 293 kWh (193 if the heater's 100 is monthly too).",
					"用戶算的 400 度把每月的數字當成兩個月：593 - 200 - 100 = 293 度（若暖器的 100 度也是每月，則為 193 度）。",
					"用户算的 400 千瓦时把每月的数字当成两个月：593 - 200 - 100 = 293 千瓦时（若暖器的 100 也是每月，则为 193）。"),
			},
			{
				Check: "C03", Ref: "C03-51c0de", Severity: anomaly.Medium, Action: anomaly.ActionExplain, Evidence: []anomaly.Source{{File: "events.csv", Row: 3}},
				Message: say("“20 kWh a day” is contradicted: 1,400 kWh over 59 days are 23.7 kWh a day.",
					"「每天 20 度」不符：1,400 度除以 59 天是每天 23.7 度。", "“每天 20 千瓦时”不符：1,400 千瓦时除以 59 天是每天 23.7 千瓦时。"),
			},
			{
				Check: "C04", Ref: "C04-9be211", Severity: anomaly.High, Action: anomaly.ActionInspect, Evidence: []anomaly.Source{{File: "events.csv", Row: 4}, {File: "events.csv", Row: 5}},
				Message: say("A joint visit was promised for 2026-03-13; the technician came on 2026-03-12, alone, and read the meter face.",
					"約定 2026-03-13 會同檢查，技術員卻在 2026-03-12 單獨前往，只看了電表表面。", "约定 2026-03-13 共同检查，技术员却在 2026-03-12 单独前往，只看了电表表面。"),
			},
			{
				Check: "C01", Ref: "C01-aaaaaa", Severity: anomaly.High, Action: anomaly.ActionSelftest,
				Message: say("Waiting separates nothing.", "等下期分辨不出任何原因。", "等下期分辨不出任何原因。"),
			},
		},
		Causes: []anomaly.CauseProbability{
			{Cause: anomaly.CauseMoreAppliances, Probability: 0.52}, {Cause: anomaly.CauseLeakBehindMeter, Probability: 0.17},
			{Cause: anomaly.CauseTappedByOthers, Probability: 0.14}, {Cause: anomaly.CauseOccupancy, Probability: 0.07},
			{Cause: anomaly.CauseMeterFast, Probability: 0.04}, {Cause: anomaly.CauseMisread, Probability: 0.03}, {Cause: anomaly.CauseOther, Probability: 0.03},
		},
		Reasons: []anomaly.CauseReasons{{
			Cause: anomaly.CauseMoreAppliances,
			For: []anomaly.Reason{{Evidence: "U06.within", Ref: "U06-3f2a9c", LogRatio: 1.6,
				Message: say("The rise is within what the new appliances can use.", "增加的用量在新增設備可能的用量之內。", "增加的用量在新增设备可能的用量之内。")}},
			Against: []anomaly.Reason{{Evidence: "size", LogRatio: -8, Message: anomaly.Msg("diagnose.size", anomaly.PercentArg("change", 0.24, 0))}},
		}},
		Verdict: anomaly.Verdict{
			Action: anomaly.ActionSelftest, Then: anomaly.ActionInspect,
			Reason: say("The usage is unexplained but not implausible: the test tells a draw before the main switch from the home's own loads.",
				"用量無法解釋，但並非不可能：自我檢測可以分辨是總開關之前的用電，還是家中的電器。", "用量无法解释，但并非不可能：自查可以分辨是总闸之前的用电，还是家中的电器。"),
			Priority: 120.4, InspectionProbability: 0.31, Recoverable: money("1242.3"), RecoverableBills: 1, RecoverableMonths: 12, RecoverableAhead: money("7690.5"), // 1,242.3 in 59 days
			Refused: []anomaly.RefusedAction{{Action: anomaly.ActionReread, Reason: say("the reading is not in doubt", "抄表沒有疑義", "抄表没有疑义")}},
			Wait: anomaly.Wait{Changes: 0.02, Resolves: 0.03, Value: -1240, Reason: say(
				"tap, leak and real load all predict the same next bill; waiting separates nothing and costs about NT$1,240 a bill.",
				"被接線、漏電或真的用電，下期帳單都會一樣；等待分辨不出原因，每期約多付 NT$1,240。",
				"被搭线、漏电或真的用电，下期账单都会一样；等待分辨不出原因，每期约多付新台币1,240。")},
		},
		NotChecked: []anomaly.NotChecked{
			{Check: "U04", Reason: say("no weather", "沒有氣象資料", "没有气象数据")},
			{Check: "U09", Reason: say("no peers", "沒有同類用戶", "没有同类用户")},
		},
	}
	for i, u := range []float64{640, 560, 1010, 980, 610, 790, 650, 570, 1040, 990, 600, 807} {
		start := date("2023-05-01").AddMonths(2 * i)
		h := anomaly.HistoryPoint{Period: anomaly.Period{Start: start, End: start.AddMonths(2)}, Usage: u, OtherPremise: true}
		if i == 7 {
			h.Quality = anomaly.Estimated
		}
		a.History = append(a.History, h)
	}
	a.History = append(a.History, anomaly.HistoryPoint{Period: a.Period, Usage: 1400})
	return a
}

// normal is a bill with nothing to it, of an account with history and no amounts.
func normal() *anomaly.Assessment {
	return &anomaly.Assessment{
		AccountID: "w-100", BillKey: "2026-01-01", Service: anomaly.Water, ServiceAssumed: true, EndAssumed: true, Unit: "m3",
		Period: span("2026-01-01", "2026-03-02"), Usage: anomaly.MustDecimal("31.5"),
		Estimate: anomaly.Estimate{Known: true, Usage: 30.2, Low90: 24.1, High90: 37.9, Low95: 23, High95: 40, PeriodsUsed: 12, Comparable: true},
		Rebill:   anomaly.Rebill{NotChecked: anomaly.Msg("no tariff is named")},
		Causes:   []anomaly.CauseProbability{{Cause: anomaly.CauseNormalVariation, Probability: 0.97}, {Cause: anomaly.CauseOther, Probability: 0.03}},
		Verdict:  anomaly.Verdict{Action: anomaly.ActionNone, PriorityInUsage: true, Priority: -180},
	}
}

// bare is an account whose only bill can be compared with nothing.
func bare() *anomaly.Assessment {
	return &anomaly.Assessment{
		AccountID: "new-1", BillKey: "b1", Service: anomaly.Electricity, Unit: "kWh", Period: span("2026-01-01", "2026-03-01"),
		Usage:    anomaly.MustDecimal("420"),
		Estimate: anomaly.Estimate{Missing: anomaly.Msg("no earlier bill and no appliances")},
		Rebill:   anomaly.Rebill{NotChecked: anomaly.Msg("no tariff is named")},
		Causes:   []anomaly.CauseProbability{{Cause: anomaly.CauseInsufficientData, Probability: 0.9}, {Cause: anomaly.CauseOther, Probability: 0.1}},
		Verdict:  anomaly.Verdict{Action: anomaly.ActionEvidence, Wait: anomaly.Wait{Allowed: true, Until: date("2026-05-01"), Reason: anomaly.Msg("the next actual reading gives a second bill")}},
	}
}

// crowded has more of everything than a screen holds.
func crowded() *anomaly.Assessment {
	a := story(locale.English)
	for i := range 20 {
		a.Findings = append(a.Findings, anomaly.Finding{
			Check: fmt.Sprintf("X%02d", i), Ref: fmt.Sprintf("X%02d-000000", i), Severity: anomaly.Severity(i % 5),
			Message: anomaly.Msg("A finding with a sentence that is long enough to need more than one line on a narrow terminal, number " + fmt.Sprint(i)),
		})
		a.NotChecked = append(a.NotChecked, anomaly.NotChecked{Check: fmt.Sprintf("Y%02d", i), Reason: anomaly.Msg("averyveryveryveryveryveryveryverylongwordthatcannotbebrokenatanyspacebecausethereisnoneinitatall")})
	}
	a.Verdict.Reason = anomaly.Msg("A reason that goes on and on, " + fmt.Sprint(a.Explained) + fmt.Sprint(a.Causes))
	a.AccountID = "an account id with 中文 and \x1b[31mescapes\x07\nand a line break that is far too long for any one line of any terminal that there is"
	return a
}
