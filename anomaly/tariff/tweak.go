package tariff

import "whybill/anomaly"

// tweak is one way of pricing a request wrongly. The zero tweak with season -1 is the
// right way; see right.
type tweak struct {
	tierMonths      int       // tier limits of so many months
	fixedMonths     int       // monthly charges for so many months
	fixedPer        *fixedPer // fixed charges as if they were for something else
	season          int       // the rates of this season throughout; -1: as the calendar says
	version         *version  // this version throughout
	noOverrides     bool
	noMinimumUsage  bool
	noMinimumCharge bool
	minimumTimes    int  // the least charge so many times
	taxWrong        bool // tax on top where it is in the prices, and the like
	taxTimes        int  // the tax on top so many times
	roundSegments   bool // each season's part rounded before they are added
	mode            *anomaly.RoundMode
}

var right = &tweak{season: -1}
