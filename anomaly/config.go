package anomaly

// Config holds every number that an assessment depends on and that a user may set.
// DefaultConfig gives the documented defaults.
type Config struct {
	Checks CheckConfig
	Stakes Stakes
}

// Practical is a practical threshold: what is smaller is not worth anybody's time,
// however significant.
type Practical struct {
	Ratio float64 // of the expected usage
	Usage float64 // in the service's unit, per bill
}

// CheckConfig holds the thresholds of the checks; the catalogue documents each.
type CheckConfig struct {
	// HighLow is U01's practical threshold by service.
	HighLow [5]Practical
	// GapDays (D08) and OverlapDays (D09) are the days from which on a gap or an overlap counts.
	GapDays, OverlapDays int
	// RolloverShare is the share of the dial that the reading before a roll-over has reached (R02).
	RolloverShare float64
	// MultiplierTolerance is in units of the billed usage (R08).
	MultiplierTolerance float64
	// ApplianceGap is the share of the usage by which it must exceed the appliances' high end (U06).
	ApplianceGap float64
	// MinPeriods is the number of comparable bills below which history is insufficient (U08).
	MinPeriods int
	// ComparableDays is how long an account must have been at its premise (U07).
	ComparableDays int
	// Lengths are the usual lengths of a billing period in days, monthly and bimonthly (U11).
	Lengths [2][2]int
	// ClaimTolerance is the ratio from which on a claimed figure counts as off (C03).
	ClaimTolerance float64
	// StaleCycles is after how many usual periods without an actual reading an account is stale (D11).
	StaleCycles float64
	// MisreadRatio is the likelihood ratio from which on a misread is named (R03).
	MisreadRatio float64
	// HiddenEstimate is how close, as a ratio, two bills' daily usage is taken for the same (R05).
	HiddenEstimate float64
	// EstimateRun and EstimateDays are from when on estimates count as prolonged (R06).
	EstimateRun, EstimateDays int
	// InactiveUsage is what a closed or vacant account may use in a bill, by service (R10).
	InactiveUsage [5]float64
	// ZeroUsage is the usage a day above which an account counts as active, by service (R11).
	ZeroUsage [5]float64
	// Volts is the voltage between phase and neutral that limits what a service can carry (R13).
	Volts float64
	// CurbReadings and CurbP are how many readings a reader must have, and the
	// probability below which their last digits are taken for invented (R17).
	CurbReadings int
	CurbP        float64
	// ExtremeHigh and ExtremeLow are how far, as ratios, a bill may pass the extremes of the last year (U03).
	ExtremeHigh, ExtremeLow float64
	// StepRatio is the size of a step in usage, and StepBills for how many bills it must last (U05).
	StepRatio float64
	StepBills int
	// PeerCount is how many peers are needed to compare with (U09).
	PeerCount int
	// BaseLoad is the rise of the lowest usage a day that counts, by service; 1.2 kWh are 50 W (U10).
	BaseLoad [5]float64
	// MethodSpread is the ratio by which methods may differ (U12).
	MethodSpread float64
	// TestCounts is how many counts a self-test should have seen: with a register, and
	// with the disc or the LED (M02). DrawShare is the share of the power in dispute from
	// which on a draw before the main switch counts (M04). CreepMinutes is the time that one
	// revolution may not fall short of at no load (M03).
	TestCounts   [2]float64
	DrawShare    float64
	CreepMinutes float64
	// VerificationYears is after how many years without a test a meter is due (M07).
	VerificationYears int
	// MeterError is the mean error beyond which a tested meter is corrected (M08).
	MeterError float64
	// DropRatio is the share of the same season's usage below which a bill has dropped,
	// and DropBills how many in a row must have (N01).
	DropRatio float64
	DropBills int
	// MinimumUsage is the usage a day below which nobody can live somewhere, by service (N02).
	MinimumUsage [5]float64
	// RecomputeRatio is the share of the amount within which a bill agrees with what is
	// recomputed, where it is more than the rounding unit (B01).
	RecomputeRatio float64
	// SavingRatio is the share of the amount from which on a cheaper tariff is named (B09).
	SavingRatio float64
	// InvoiceYears is for how many years an invoice number must not come again (B10).
	InvoiceYears int
	// LineBills is how many earlier bills tell which lines an account has (B13).
	LineBills int
	// UnitCostJump is the ratio by which the cost of a unit may change (B15).
	UnitCostJump float64
	// PostingDays is within how many days a payment is to be posted (B16).
	PostingDays int
	// CatchUpRatio is the share of the billed amounts from which on spreading a catch-up matters (R07).
	CatchUpRatio float64
	// QuotaAlerts are the shares of a quota, in percent, at which a customer is to be
	// warned where the plan itself names none (P04).
	QuotaAlerts []int
	// PriceCliff is how many times the price within a plan a unit beyond it may cost (P05).
	PriceCliff float64
}

// Stakes says what acting and not acting cost.
type Stakes struct {
	// UnitPrice prices usage where no tariff and no billed amount does; not set: not known.
	// UnitPrices are the same by service and go before it.
	UnitPrice  NullDecimal
	UnitPrices [5]NullDecimal
	// VisitCost is what a field visit costs, in the account's currency; VisitUsage the
	// same in usage, by service, for accounts without amounts. VisitHours is how long it takes.
	VisitCost  map[string]float64
	VisitUsage [5]float64 // by default about 600 TWD at 3 a kWh, 10 and 20 a m³; 100 CNY at 3 an hour
	VisitHours float64
	// BackBillMonths is how far back usage may be corrected.
	BackBillMonths int
	// HorizonMonths is over how many months a prevented loss counts.
	HorizonMonths int
	// RecoveryShare is the share of the arrears that is recovered in the end.
	RecoveryShare float64
	// LossCap is the most that waiting may put at risk: expected loss, in visits.
	LossCap float64
	// MinHitRate is the probability of finding something below which nobody is sent.
	MinHitRate float64
	// Sensitivity is the probability that a visit finds a fault that is there.
	Sensitivity float64
	// Discount is what a value is worth one bill later.
	Discount float64
	// CoolDown is for how many bills an account that is on a list of visits is not put on
	// another one, unless the evidence has doubled; 0: not at all.
	CoolDown int
}

// PriceOf returns the configured price of a unit of a service's usage.
func (s *Stakes) PriceOf(service Service) NullDecimal {
	if p := s.UnitPrices[service]; p.Valid {
		return p
	}
	return s.UnitPrice
}

// DefaultConfig returns the documented defaults.
func DefaultConfig() Config {
	return Config{
		Checks: CheckConfig{
			HighLow: [5]Practical{
				ServiceUnknown: {0.20, 50},
				Electricity:    {0.20, 50},
				Water:          {0.20, 5},
				Gas:            {0.20, 5},
				Broadband:      {0.20, 10},
			},
			GapDays: 2, OverlapDays: 1,
			RolloverShare:       0.90,
			MultiplierTolerance: 1,
			ApplianceGap:        0.10,
			MinPeriods:          4,
			ComparableDays:      365,
			Lengths:             [2][2]int{{25, 35}, {50, 70}},
			ClaimTolerance:      0.05,
			StaleCycles:         1.5,
			MisreadRatio:        10,
			HiddenEstimate:      0.001,
			EstimateRun:         2, EstimateDays: 120,
			InactiveUsage: [5]float64{5, 5, 0.5, 0.5, 1},
			ZeroUsage:     [5]float64{1, 1, 0.05, 0.05, 0.1},
			Volts:         220,
			CurbReadings:  200, CurbP: 0.001,
			ExtremeHigh: 0.20, ExtremeLow: 0.50,
			StepRatio: 0.25, StepBills: 2,
			PeerCount:    30,
			BaseLoad:     [5]float64{1.2, 1.2, 0.1, 0.1, 0.5},
			MethodSpread: 0.30,
			TestCounts:   [2]float64{5, 2}, DrawShare: 0.20, CreepMinutes: 20,
			VerificationYears: 7,
			MeterError:        0.02,
			DropRatio:         0.60, DropBills: 3,
			MinimumUsage:   [5]float64{0.7, 0.7, 0.02, 0.02, 0},
			RecomputeRatio: 0.001,
			SavingRatio:    0.05,
			InvoiceYears:   4,
			LineBills:      6,
			UnitCostJump:   0.20,
			PostingDays:    3,
			CatchUpRatio:   0.01,
			QuotaAlerts:    []int{80, 100},
			PriceCliff:     5,
		},
		Stakes: Stakes{
			VisitCost:      map[string]float64{"TWD": 600, "CNY": 100, "USD": 60, "EUR": 60, "GBP": 60, "AUD": 90, "TND": 40},
			VisitUsage:     [5]float64{200, 200, 60, 30, 30},
			VisitHours:     1,
			BackBillMonths: 12,
			HorizonMonths:  12,
			RecoveryShare:  0.6,
			LossCap:        1,
			MinHitRate:     0.25,
			Sensitivity:    0.85,
			Discount:       0.99,
			CoolDown:       3,
		},
	}
}
