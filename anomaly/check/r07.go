package check

import "whybill/anomaly"

// R07: an actual reading after estimated ones catches up in one bill what belongs to
// several, so that it stands in higher tiers.
var r07 = Check{
	ID: "R07", Severity: anomaly.Medium, Action: anomaly.ActionRebill,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("ratio", cfg.Checks.CatchUpRatio, 0)}
	},
	Run: func(in *Input, out *Result) {
		if in.bill.Quality.Guessed() || in.bill.Cancelled || !in.bill.Period.Valid() {
			return
		}
		if in.prev < 0 || !in.History.Bills[in.prev].Quality.Guessed() {
			return
		}
		run := in.catchUpRun()
		if len(run) < 2 {
			return
		}
		total, scale := anomaly.Decimal{}, 0
		periods := make([]anomaly.Period, len(run))
		for i, at := range run {
			b := &in.History.Bills[at]
			total, _ = anomaly.Add(total, b.Usage)
			scale = max(scale, b.Usage.Scale())
			periods[i] = b.Period
		}
		shares, ok := anomaly.SpreadByDays(total, periods, scale)
		if !ok || total.IsNeg() {
			return
		}
		caught := in.usage() - anomaly.Float(shares[len(shares)-1])
		message := []anomaly.Arg{anomaly.CountArg("estimates", len(run)-1), in.exactArg("usage", in.bill.Usage),
			in.exactArg("share", shares[len(shares)-1]), in.exactArg("total", total)}
		f := in.finding("R07", anomaly.Medium, anomaly.ActionRebill, "", anomaly.Message{Key: "R07.usage", Args: message})
		f.Usage = anomaly.KnownUsage(caught)
		for _, at := range run {
			f.Evidence = append(f.Evidence, in.History.Bills[at].Source)
		}
		billed, spread, currency, err := in.priceSpread(run, shares)
		switch {
		case err != nil:
			out.notPriced("R07", err)
			if !in.practical(caught, anomaly.Float(shares[len(shares)-1])) {
				return
			}
		default:
			difference, ok := anomaly.Sub(billed, spread)
			if !ok || abs(anomaly.Float(difference)) < in.Config.Checks.CatchUpRatio*anomaly.Float(billed) {
				return
			}
			f.Message = anomaly.Message{Key: "R07.money", Args: append(message, anomaly.MoneyArg("billed", billed, currency),
				anomaly.MoneyArg("spread", spread, currency), anomaly.MoneyArg("difference", difference.Abs(), currency))}
			if difference.IsNeg() {
				f.Message.Key = "R07.less"
			}
			f.Amount = anomaly.Known(difference)
		}
		out.add(f)
	},
}

// catchUpRun returns the indexes of the estimated bills that the bill catches up, and of
// the bill itself, oldest first; the bill alone where there are none.
func (in *Input) catchUpRun() []int {
	run := []int{in.Bill}
	start := in.bill.Period.Start
	for i := in.Bill - 1; i >= 0; i-- {
		b := &in.History.Bills[i]
		if b.Cancelled || !sameMeter(b.MeterID, in.bill.MeterID) {
			continue
		}
		if b.Period.End != start || !b.Quality.Guessed() || !b.Period.Valid() {
			break
		}
		run = append(run, i)
		start = b.Period.Start
	}
	for i, j := 0, len(run)-1; i < j; i, j = i+1, j-1 {
		run[i], run[j] = run[j], run[i]
	}
	return run
}

// priceSpread prices the bills as they were and with the usage spread over them.
func (in *Input) priceSpread(run []int, shares []anomaly.Decimal) (billed, spread anomaly.Decimal, currency string, err error) {
	if in.Pricer == nil {
		return billed, spread, "", errNoTariff
	}
	for i, at := range run {
		req := anomaly.BillRequest(in.History, at)
		was, err := in.Pricer.Price(req)
		if err != nil {
			return billed, spread, "", err
		}
		req.Usage = shares[i]
		is, err := in.Pricer.Price(req)
		if err != nil {
			return billed, spread, "", err
		}
		billed, _ = anomaly.Add(billed, was.Amount)
		spread, _ = anomaly.Add(spread, is.Amount)
		currency = was.Currency
	}
	return billed, spread, currency, nil
}
