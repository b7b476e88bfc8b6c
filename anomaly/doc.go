// Package anomaly is the domain of whybill: accounts and their bills, the expected
// usage, findings, causes and the verdict. It does no I/O, reads no clock and draws no
// random numbers; it knows the standard library and the decimal type only.
//
// # The way through the house
//
//	files          importers          store            estimate         check            diagnose          decide           report
//	CSV XLSX  ->  rows, problems  ->  one History  ->  expected usage ->  Findings    ->  causes with  ->  next action  ->  terminal JSON
//	NEM12 XML     with file:row       per account      + interval +       (evidence)      probabilities     wait verdict     CSV XLSX HTML
//	                                                   decomposition                                        priority
//
// One account's way through it is one pure function,
//
//	pipeline.Assess(history, context, config, asOf) -> Assessment
//
// which serves check, batch and report alike. Everything else carries data to it and
// shows what it said:
//
//   - A History is everything that is known of one account. Importers read rows;
//     a row that cannot be read becomes a Problem with file, row, column, value and
//     reason, and the rest goes on.
//   - A Context is what the account alone does not know: the learnt Model with the priors
//     that visits taught, the tables that weigh causes and actions, the tariffs
//     (behind Pricer), the weather and the Neighbourhood: that comes from a first pass
//     over all accounts, or from the store, where the last import or training left it.
//   - An Estimate is the expected usage, a distribution and never one number, with the
//     decomposition of the difference from a reference bill.
//   - A Finding is what one check found, with the numbers it rests on and the file and
//     row where they stand. It holds a Message (a key and arguments), never prose.
//     A check that could not run is a NotChecked, which is never the same as passed.
//   - Causes are the posterior over the reasons that a bill can have.
//   - The Verdict is the next action, what may follow it, and whether waiting for the
//     next bill may be offered: it has to win on the same terms as any other action.
//
// Beside the rooms on the way stand: pll, the arithmetic of the usage model, which
// estimate uses and train learns the numbers of (stages never import each other, so what
// two of them share has a room of its own); estimate/caltrack, a second opinion by the
// CalTRACK method; cases, the ledger of disputes with its clocks and promises; tomlfile,
// by which stages read the files that say what is believed.
//
// # Rules of the house
//
// Money and readings are exact (Decimal). Dates are civil; periods are half-open. The
// only clock is the asOf date that the caller gives. Stages (estimate, check, diagnose,
// decide, tariff, train) never import each other: what one needs of another it gets
// from the pipeline as a value of this package. Language is the business of packages
// locale and report.
package anomaly
