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
}

// Stakes says what acting and not acting cost.
type Stakes struct {
	// UnitPrice prices usage where no tariff and no billed amount does; 0: not known.
	UnitPrice NullDecimal
	// VisitCost is what a field visit costs, in the account's currency; VisitUsage the
	// same in usage, for accounts without amounts. VisitHours is how long it takes.
	VisitCost  map[string]float64
	VisitUsage float64
	VisitHours float64
	// BackBillMonths is how far back usage may be corrected.
	BackBillMonths int
	// HorizonMonths is over how many months a prevented loss counts.
	HorizonMonths int
	// RecoveryShare is the share of the arrears that is recovered in the end.
	RecoveryShare float64
	// LossCap is the most that waiting may put at risk: expected loss, in visits.
	LossCap float64
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
		},
		Stakes: Stakes{
			VisitCost:      map[string]float64{"TWD": 600, "CNY": 100, "USD": 60, "EUR": 60, "GBP": 60, "AUD": 90, "TND": 40},
			VisitUsage:     200,
			VisitHours:     1,
			BackBillMonths: 12,
			HorizonMonths:  12,
			RecoveryShare:  0.6,
			LossCap:        1,
		},
	}
}
