// Package pll is the arithmetic of the pooled local level model, which estimate
// predicts with and train learns. It is not a stage but what two stages share.
//
// For a bill over n days, with usage u and a small offset c,
//
//		y = log(u/n + c) = level + season'b + own'd + error
//
//	  - The level is a random walk: what an account used last is the best guess of what
//	    it uses next.
//	  - The season is a yearly curve of three harmonics, averaged over the bill's own days
//	    (SeasonRow). Its coefficients b start from the shape of the account's group - a
//	    mixture of archetypes, whose weights follow the account's bills - and bend to the
//	    account's own shape as bills come in: three bills lean on the group, thirty on
//	    themselves.
//	  - The account's own regressors are declared loads and the weather.
//	  - Errors are weighted so that one wild bill does not carry the level away.
//
// A Series says what there is to learn from: estimated readings are never
// observations, they are merged with the next actual one, which makes one longer bill;
// cancelled and disputed bills and zero usage stay out. A Filter learns it bill by bill.
// Nothing here allocates for an account once a Series has its memory.
package pll
