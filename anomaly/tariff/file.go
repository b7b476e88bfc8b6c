package tariff

import "github.com/pelletier/go-toml/v2"

// File is a tariff file: what one tariff charges, by dated versions. Charges that
// stand above the versions hold for all of them; a version that has charges of the
// same kind replaces them whole. The doc tags are the JSON schema's descriptions.
type File struct {
	ID         string   `toml:"id" doc:"the tariff's id, such as tw.taipower.residential.non_tou: lower case, parts joined by dots"`
	Name       string   `toml:"name" doc:"the utility's own name for the tariff"`
	Service    string   `toml:"service" doc:"electricity, water, gas or broadband"`
	Currency   string   `toml:"currency" doc:"ISO 4217 code, such as TWD"`
	Unit       string   `toml:"unit" doc:"unit of the usage, such as kWh, m3, h or min"`
	Classes    []string `toml:"classes,omitempty" doc:"classes of accounts that the tariff is for"`
	Note       string   `toml:"note,omitempty" doc:"what a reader should know"`
	Sources    []string `toml:"sources,omitempty" doc:"where the figures come from"`
	Confidence string   `toml:"confidence,omitempty" doc:"how well the figures are confirmed; a version's own goes before it"`
	// YearStart is the month and day on which tiers that count over a year begin again.
	YearStart    string   `toml:"year_start,omitempty" doc:"MM-DD on which yearly tiers begin again"`
	DefaultStage string   `toml:"default_stage,omitempty" doc:"the stage of the hours that no window covers"`
	Holidays     []string `toml:"holidays,omitempty" doc:"days that count as weekend: MM-DD every year, or YYYY-MM-DD"`
	HolidayYears []int    `toml:"holiday_years,omitempty" doc:"first and last year for which the holidays are complete"`

	Charges

	Lengths   []Length   `toml:"length,omitempty" doc:"which lengths of a period are how many billing months"`
	Seasons   []Season   `toml:"season,omitempty" doc:"seasons; the one without spans is the rest of the year"`
	Windows   []Window   `toml:"window,omitempty" doc:"hours of the stages of a time-of-use tariff"`
	Versions  []Version  `toml:"version" doc:"dated versions, oldest first"`
	Overrides []Override `toml:"override,omitempty" doc:"temporary overrides"`
}

// Length says that a period of Days[0] to Days[1] days is Months billing months.
type Length struct {
	Days   []int `toml:"days" doc:"shortest and longest period in days"`
	Months int   `toml:"months" doc:"billing months"`
}

// Season is a part of the year. Spans are "MM-DD..MM-DD", both ends included.
type Season struct {
	Name  string   `toml:"name" doc:"the name that rates use"`
	Spans []string `toml:"spans,omitempty" doc:"MM-DD..MM-DD, both ends included; none: the rest of the year"`
}

// Window puts hours into a stage.
type Window struct {
	Stage  string   `toml:"stage" doc:"the stage, such as peak"`
	Season string   `toml:"season,omitempty" doc:"the season in which the window holds; none: always"`
	Days   string   `toml:"days,omitempty" doc:"workdays (the default), weekend (with holidays) or all"`
	Hours  []string `toml:"hours" doc:"HH:MM-HH:MM, the end not included; 24:00 ends the day"`
}

// Version is what the tariff charges from a day on, until the next version. The first
// version may have no date, where no source gives one.
type Version struct {
	From       toml.LocalDate `toml:"from,omitzero" doc:"first day on which the version holds; the first version may leave it out where no source gives it: it then holds on any day before the second"`
	Confidence string         `toml:"confidence,omitempty" doc:"how well the figures are confirmed"`
	Unknown    bool           `toml:"unknown,omitempty" doc:"true: it is known that there was such a version, not what it charged; its days are refused"`
	Sources    []string       `toml:"sources,omitempty" doc:"where the figures come from"`
	Note       string         `toml:"note,omitempty" doc:"what a reader should know"`

	Charges
}

// Override replaces the energy charges on some days of whatever version holds then:
// by the rates of another season, or by charges of its own.
type Override struct {
	From    toml.LocalDate `toml:"from" doc:"first day"`
	Until   toml.LocalDate `toml:"until" doc:"last day, included"`
	Note    string         `toml:"note,omitempty" doc:"why"`
	Sources []string       `toml:"sources,omitempty" doc:"where it stands"`
	Season  string         `toml:"season,omitempty" doc:"the season whose rates hold instead"`
	Energy  []Energy       `toml:"energy,omitempty" doc:"energy charges that hold instead"`
}

// Charges is the closed set of what a tariff can charge.
type Charges struct {
	Quota    *Quota    `toml:"quota,omitempty" doc:"a plan with included usage and a price beyond it"`
	Minimum  *Minimum  `toml:"minimum,omitempty" doc:"least usage and least charge"`
	Tax      *Tax      `toml:"tax,omitempty" doc:"a tax in the prices or on top"`
	Rounding *Rounding `toml:"rounding,omitempty" doc:"how amounts are rounded"`
	Fixed    []Fixed   `toml:"fixed,omitempty" doc:"charges that do not depend on usage; negative for a credit"`
	Energy   []Energy  `toml:"energy,omitempty" doc:"charges by usage, flat or in tiers"`
	Demand   []Demand  `toml:"demand,omitempty" doc:"charges by the highest load"`
	Adders   []Adder   `toml:"adder,omitempty" doc:"surcharges and discounts in percent or per unit"`
}

// Energy charges usage: one rate, or graduated tiers.
type Energy struct {
	Code  string `toml:"code,omitempty" doc:"code of the bill line; energy where none is given"`
	Stage string `toml:"stage,omitempty" doc:"the stage whose usage is charged; none: all usage"`
	// Limits says what the tiers' limits are counted by.
	Limits string            `toml:"limits,omitempty" doc:"what the tier limits hold for: month (the default), period, year (cumulative), day or kw"`
	Rate   *Number           `toml:"rate,omitempty" doc:"price a unit"`
	Rates  map[string]Number `toml:"rates,omitempty" doc:"price a unit by season"`
	Tiers  []Tier            `toml:"tiers,omitempty" doc:"graduated tiers, lowest first"`
}

// Tier is the usage above the tier before it, up to and with UpTo.
type Tier struct {
	UpTo  *Number           `toml:"upto,omitempty" doc:"upper limit, included; none in the last tier"`
	Rate  *Number           `toml:"rate,omitempty" doc:"price a unit"`
	Rates map[string]Number `toml:"rates,omitempty,inline" doc:"price a unit by season"`
}

// Fixed charges time.
type Fixed struct {
	Code    string            `toml:"code" doc:"code of the bill line, such as basic"`
	Amount  *Number           `toml:"amount,omitempty" doc:"the charge"`
	By      string            `toml:"by,omitempty" doc:"what the amounts depend on: meter_size, phases or amps"`
	Amounts map[string]Number `toml:"amounts,omitempty" doc:"the charge by the value of by"`
	Per     string            `toml:"per" doc:"month (a billing month), calendar_month (by its days), day, year or bill"`
}

// Demand charges the highest load in kW.
type Demand struct {
	Code  string            `toml:"code,omitempty" doc:"code of the bill line; demand where none is given"`
	Rate  *Number           `toml:"rate,omitempty" doc:"price of a kW and billing month"`
	Rates map[string]Number `toml:"rates,omitempty" doc:"price of a kW and billing month by season"`
	Tiers []Tier            `toml:"tiers,omitempty" doc:"graduated tiers in kW"`
}

// Adder charges a share of other lines, or an amount for each unit.
type Adder struct {
	Code    string   `toml:"code" doc:"code of the bill line"`
	Percent *Number  `toml:"percent,omitempty" doc:"percent of the lines in of; negative for a discount"`
	PerUnit *Number  `toml:"per_unit,omitempty" doc:"amount for each unit of usage; negative for a credit"`
	Of      []string `toml:"of,omitempty" doc:"codes of the lines that the percentage is taken of; none: all before it"`
}

// Minimum is the least that is billed.
type Minimum struct {
	Charge *Number        `toml:"charge,omitempty" doc:"least amount"`
	Per    string         `toml:"per,omitempty" doc:"bill (the default), month, day or year"`
	Phases int            `toml:"assume_phases,omitempty" doc:"phases where the account names none"`
	Amps   int            `toml:"assume_amps,omitempty" doc:"amperes where the account names none"`
	Usage  []MinimumUsage `toml:"usage,omitempty" doc:"least usage of a month, by phases and amperes"`
}

// MinimumUsage is the least usage of a billing month for a connection.
type MinimumUsage struct {
	Phases    int    `toml:"phases" doc:"phases of the connection"`
	PerAmp    Number `toml:"per_amp" doc:"usage for each ampere of the meter"`
	Flat      Number `toml:"flat" doc:"usage where the meter has more amperes than flat_above"`
	FlatAbove Number `toml:"flat_above" doc:"amperes above which flat holds"`
}

// Tax is a tax on everything that the tariff charges.
type Tax struct {
	Percent Number `toml:"percent" doc:"rate in percent"`
	Inside  bool   `toml:"inside,omitempty" doc:"true: the prices include it"`
}

// Rounding says how amounts are rounded. Without Energy and Lines nothing is
// rounded before the total.
type Rounding struct {
	Total     Number  `toml:"total" doc:"unit of the payable amount, such as 1 or 0.01"`
	Mode      string  `toml:"mode,omitempty" doc:"half_up (the default), half_even, up or down"`
	Energy    *Number `toml:"energy,omitempty" doc:"unit to which the energy charge is rounded before it is added"`
	Lines     *Number `toml:"lines,omitempty" doc:"unit to which each other line is rounded before it is added"`
	Tolerance *Number `toml:"tolerance,omitempty" doc:"difference within which a billed amount agrees, where the utility's own rounding is not published"`
}

// Quota is a plan: a fee, usage that it includes, and a price beyond it, all for a
// billing month.
type Quota struct {
	Fee      Number `toml:"fee" doc:"price of a month"`
	Included Number `toml:"included" doc:"usage that the fee includes, in unit"`
	Overage  Number `toml:"overage" doc:"price of each further unit"`
	Unit     string `toml:"unit" doc:"unit of included and overage: min or h for time, otherwise the tariff's unit"`
	Step     int    `toml:"step_seconds,omitempty" doc:"time is counted in steps of so many seconds, begun steps in full; 60 where none is given"`
	Round    string `toml:"round,omitempty" doc:"what is rounded up to a step: total (the default) or session"`
	// Effective is the rule for a change to this plan.
	Effective string `toml:"effective,omitempty" doc:"when a change to the plan takes effect: at_once or next_month"`
	Alerts    []int  `toml:"alerts,omitempty" doc:"shares of the quota, in percent, at which the customer is to be warned"`
}
