package locale

// enLearn holds what is said of visits: what they found, and what was learnt from it.
var enLearn = catalogue{
	"M04.draw.found":                "{off} the meter moved by {rate} ({low} to {high}) on {on}: {usage} in {days} {days|day|days}. The visit of {found} has found what it was: {cause}.",
	"M04.partial.found":             "{off} the meter moved by {rate} ({low} to {high}) on {on}: {usage} in {days} {days|day|days}, a part of what is in dispute. The visit of {found} has found what it was: {cause}.",
	"say.never.blame.found":         "“somebody is stealing”",
	"say.never.blame.found.because": " (say what the visit of {on} found, not who did it)",

	"priors.none":               "nobody has been visited yet: the priors are as they were",
	"priors.learnt":             "learnt from {visits} {visits|visit|visits} up to {until}, of which {found} found a fault: `whybill model show --outcomes` shows what moved",
	"priors.unasked":            "Before a bill is looked at that nobody has asked about ({visits} {visits|visit|visits}, {found} found a fault):",
	"priors.asked":              "Before a bill is looked at that somebody has asked about ({visits} {visits|visit|visits}, {found} found a fault):",
	"priors.header":             "cause\tfound\texpected\t95 % interval\tbefore\tafter",
	"priors.terms":              "What was believed before any visit counts for {worth} expected finds a cause; a visit finds {sensitivity} of what is there where it looks.",
	"priors.in_use":             "check, batch and report go by it.",
	"priors.not_in_use":         "Not in use yet: `whybill train --outcomes` takes it over.",
	"priors.given":              "Before looking at the bill: {unasked}; {asked} where somebody has asked about it.",
	"priors.now":                "Learnt from {visits} {visits|visit|visits} up to {until}: {unasked}; {asked} where somebody has asked.",
	"outcomes.random":           "drawn at random",
	"model.priors.cause":        "the priors name the unknown cause {cause}",
	"model.priors.order":        "the priors name {cause} twice or out of order",
	"model.priors.factor":       "the priors multiply the odds of {cause} by {factor}, which cannot be",
	"week.priors":               "priors of the causes: learnt from {visits} {visits|visit|visits} up to {until}",
	"help.model.causes.short":   "Print the built-in causes file: priors, likelihoods and their sources",
	"help.model.causes.long":    "causes prints what is believed of the causes before a bill is looked at, and how much each\npiece of evidence counts, to start a file of one's own from. The configuration's\nmodel.causes names the file that replaces it as a whole.",
	"help.model.actions.short":  "Print the built-in actions file: what each action costs and can see",
	"help.model.actions.long":   "actions prints what settles each cause, what the next bill shows if it is true, and what\neach action costs and can see, to start a file of one's own from. The configuration's\nmodel.actions names the file that replaces it as a whole.",
	"config.comment.causes":     "# causes is not set: the built-in file holds (whybill model causes)",
	"config.comment.neighbours": "# whether assessments look at the other accounts: peers, routes, readers, what all did alike",
	"config.comment.actions":    "# actions is not set: the built-in file holds (whybill model actions)",
	"diagnose.explained":        "It is {change} off the bill that it is compared with; the days, the weather, the appliances or an estimate account for that, or for a part of it.",
}
