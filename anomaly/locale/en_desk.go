package locale

var enDesk = catalogue{
	"not_checked.days_off":     "the days off of a year on which it rests are not known; the rules file lists them",
	"term.days_off.known":      "",
	"term.days_off.unverified": " (by unverified days off)",
	"term.days_off.unknown":    " (weekends only: the days off of that year are not known)",
	"case.close_promise":       "the visit that was promised for {due} ({day}) has not been made",
	"case.close_promise.hint":  "`whybill case visit` records it; --force REASON closes the case all the same, and the reason stays on record",
	"case.close_answer":        "the answer that was promised for {due} ({day}) has not been given",
	"case.close_answer.hint":   "`whybill case note --told` records it; --force REASON closes the case all the same, and the reason stays on record",
	"case.close_found":         "\"nothing found\" is refused: the visit of {on} found {cause}",
	"case.close_found.hint":    "close it with that cause; --force REASON closes it all the same, and the reason stays on record",
	"case.no_application":      "{case} is no application",
	"case.no_application.hint": "`whybill case application` puts one on record",
	"case.due_closed":          "{due} ({day}) is a day on which nobody works{days_off}; the next working day is {open} ({open_day})",
	"case.promise_answer":      "answer promised for {due} ({day}): {state}",
	"case.now_decided":         "{case}: decided",
	"notice.days_off":          "Whether {arrives} ({day}) is a day off is not known: the rules file does not list the days off of that year.",
	"term.entry.application":   "application",
}
