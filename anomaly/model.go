package anomaly

// Model is what training learnt from many histories: hyper-parameters, seasonal
// index and calibration by group of accounts. It is a value: learnt by package
// train, used by package estimate, kept in the store or in a file.
type Model struct {
	Version int `json:"version"`
	// LearntFrom says, for the record, how many accounts and bills and up to which day.
	Accounts int  `json:"accounts"`
	Bills    int  `json:"bills"`
	Until    Date `json:"until"`
}
