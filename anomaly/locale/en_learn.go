package locale

// enLearn holds what is said of visits: what they found, and what was learnt from it.
var enLearn = catalogue{
	"M04.draw.found":                "With the main switch off the meter moved by {rate} ({low} to {high}): {usage} in {days} {days|day|days}. The visit of {on} has found what it was: {cause}.",
	"M04.partial.found":             "With the main switch off the meter moved by {rate} ({low} to {high}): {usage} in {days} {days|day|days}, a part of what is in dispute. The visit of {on} has found what it was: {cause}.",
	"say.never.blame.found":         "“somebody is stealing”",
	"say.never.blame.found.because": " (say what the visit of {on} found, not who did it)",
}
