// Package cases follows a dispute from the complaint to its end, as a pure function of
// what the ledger and the imported events record.
//
// A case is a small state machine:
//
//	open -> waiting_customer, waiting_us, visit_promised, visited -> resolved -> closed -> (reopened) open
//
// Every state that waits has a day by which something is due. Entries are only added;
// Of makes the cases of an account's events, inspections and entries, Check says whether
// one more entry may be added, and Close whether a case may be closed: not over a promise
// that is still open, and not on "nothing found" while what was done could not have found
// what is still possible.
//
// The package also reads the rules file (clocks, working days and opening hours, costs)
// and looks a notice over before it is sent. It stores nothing and reads no clock.
package cases
