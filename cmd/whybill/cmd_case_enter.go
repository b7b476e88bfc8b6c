package main

import (
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/cases"
	"whybill/anomaly/check"
)

func newCaseOpenCommand(a *app) *cobra.Command {
	var o entryOptions
	var id, bill, topic, amount, currency, order, margin, leave string
	var feedback, another bool
	cmd := &cobra.Command{
		Use: "open ACCOUNT",
		Example: `  whybill case open 0712345602 --topic high_bill --text "twice as much as last winter"
  whybill case open FRT-1 --topic freight --amount 800 --currency TWD --order 8000 --margin 0.3 --leave 0.3-0.9
  whybill case open FBK-1 --feedback --text "nobody ever answers"`,
		Args: exactlyOne("account", "whybill case open 0712345602"),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := anomaly.CaseOpen
			if feedback {
				kind = anomaly.CaseFeedback
			}
			return a.enter(cmd.Context(), &o, args[0], kind, func(e *entering) error {
				if id != "" {
					e.entry.Case = id
				}
				if !feedback && !another {
					if err := cases.Another(e.all, &e.entry); err != nil {
						return err
					}
				}
				if bill != "" {
					i, err := e.x.bill(bill)
					if err != nil {
						return err
					}
					e.entry.Bill = e.x.history.Bills[i].Key()
				}
				e.fact("topic", topic)
				for _, f := range [][2]string{{"order", order}, {"margin", margin}} {
					if f[1] != "" {
						if _, err := parseFloat("--"+f[0], f[1]); err != nil {
							return err
						}
					}
					e.fact(f[0], f[1])
				}
				e.fact("leave", leave)
				e.fact("currency", strings.ToUpper(currency))
				return e.amount(amount)
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "")
	f.StringVar(&bill, "bill", "", "")
	f.StringVar(&topic, "topic", "", "")
	f.StringVar(&amount, "amount", "", "")
	f.StringVar(&currency, "currency", "", "")
	f.StringVar(&order, "order", "", "")
	f.StringVar(&margin, "margin", "", "")
	f.StringVar(&leave, "leave", "", "")
	f.BoolVar(&feedback, "feedback", false, "")
	f.BoolVar(&another, "another", false, "")
	return cmd
}

// amount reads an amount of a flag; "" is none.
func (e *entering) amount(text string) error {
	if text == "" {
		return nil
	}
	d, err := anomaly.ParseDecimal(text)
	if err != nil {
		return badFlag("--amount", err)
	}
	e.entry.Amount = anomaly.Known(d)
	return nil
}

// due reads a day, with a time or without, on which something is due.
func (e *entering) due(text string) (err error) {
	if text == "" {
		return nil
	}
	if e.entry.Due, e.entry.DueTime, err = cases.When(text, &e.x.context.Cases.Calendar); err != nil {
		return badFlag("--due", err)
	}
	return nil
}

func newCaseNoteCommand(a *app) *cobra.Command {
	var o entryOptions
	var waits, due string
	var told, resolved, applied, rejected bool
	var sent string
	cmd := &cobra.Command{
		Use: "note CASE",
		Example: `  whybill case note D-1 --text "asked for the mail" --waits-for customer --due 2026-03-20
  whybill case note D-1 --told --text "explained how the tiers work"
  whybill case note D-1 --sent reminder --due 2026-03-21`,
		Args: exactlyOne("case", "whybill case note D-1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseNote, func(e *entering) error {
				if waits != "" && !oneOf(waits, "customer", "us") {
					return notOneOf("--waits-for", waits, "customer", "us")
				}
				if sent != "" && !oneOf(sent, anomaly.SentReminder, anomaly.SentSurvey) {
					return notOneOf("--sent", sent, anomaly.SentReminder, anomaly.SentSurvey)
				}
				if told && !rejected && e.case_ != nil && !e.case_.Feedback {
					e.fact("final", "no") // the dispute goes on until it is closed
				}
				e.yes("told", told)
				e.yes("resolved", resolved)
				e.yes("applied", applied)
				e.yes("rejected", rejected)
				if e.case_ != nil {
					e.fact("application", e.case_.Application)
				}
				e.fact("sent", sent)
				e.fact("waits", waits)
				return e.due(due)
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&waits, "waits-for", "", "")
	f.StringVar(&due, "due", "", "")
	f.BoolVar(&told, "told", false, "")
	f.BoolVar(&resolved, "resolved", false, "")
	f.BoolVar(&applied, "applied", false, "")
	f.BoolVar(&rejected, "rejected", false, "")
	f.StringVar(&sent, "sent", "", "")
	completeFlag(cmd, "sent", []string{anomaly.SentReminder, anomaly.SentSurvey})
	completeFlag(cmd, "waits-for", []string{"customer", "us"})
	return cmd
}

func newCasePromiseCommand(a *app) *cobra.Command {
	var o entryOptions
	var due, hypothesis, crew, backlog, perDay, force string
	var joint bool
	cmd := &cobra.Command{
		Use: "promise CASE",
		Example: `  whybill case promise D-1 --due 2026-03-24T14:00 --joint --hypothesis tapped_by_others
  whybill case promise D-1 --due 2026-03-24 --backlog 120 --per-day 10`,
		Args: exactlyOne("case", "whybill case promise D-1 --due 2026-03-24"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CasePromise, func(e *entering) error {
				if due == "" {
					return misuse("needs_flag", anomaly.TextArg("flag", "--due"), anomaly.TextArg("example", "--due 2026-03-24"))
				}
				if err := e.due(due); err != nil {
					return err
				}
				e.yes("joint", joint)
				e.fact("hypothesis", hypothesis)
				e.fact("crew", crew)
				if err := e.queue(backlog, perDay); err != nil {
					return err
				}
				if force != "" {
					e.yes("forced", true)
					e.entry.Text = strings.TrimSpace(e.entry.Text + "\n" + force)
				} else if e.case_ != nil && e.case_.State != cases.Closed {
					return cases.Repeat(e.case_, hypothesis)
				}
				return nil
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&due, "due", "", "")
	f.BoolVar(&joint, "joint", false, "")
	f.StringVar(&hypothesis, "hypothesis", "", "")
	f.StringVar(&crew, "crew", "", "")
	f.StringVar(&backlog, "backlog", "", "")
	f.StringVar(&perDay, "per-day", "", "")
	f.StringVar(&force, "force", "", "")
	completeFlag(cmd, "hypothesis", causeNames())
	return cmd
}

func causeNames() []string {
	var names []string
	for _, c := range anomaly.Causes {
		names = append(names, string(c))
	}
	return names
}

func newCaseVisitCommand(a *app) *cobra.Command {
	var o entryOptions
	var looked, present, found, usage, amount, crew, hypothesis string
	cmd := &cobra.Command{
		Use: "visit CASE",
		Example: `  whybill case visit D-1 --on 2026-03-12 --present no --looked-at meter_face --found nothing_found
  whybill case visit D-1 --present yes --looked-at serial,no_load,wiring --found tapped_by_others`,
		Args: exactlyOne("case", "whybill case visit D-1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseVisit, func(e *entering) error {
				parts, unknown := anomaly.LookedAt(looked)
				switch {
				case unknown != "":
					return noSuch("part", unknown, cases.Looks()...)
				case present != "" && !oneOf(present, "yes", "no"):
					return notOneOf("--present", present, "yes", "no")
				case found != "" && found != anomaly.NothingFound && !oneOf(found, causeNames()...):
					return noSuch("cause", found, append(causeNames(), anomaly.NothingFound)...)
				}
				e.fact("present", present)
				e.fact("looked_at", strings.Join(parts, ","))
				e.fact("crew", crew)
				e.fact("hypothesis", hypothesis)
				e.fact("recovered_usage", usage)
				e.fact("recovered_amount", amount)
				e.entry.Outcome = found
				if found == "" || found == anomaly.NothingFound && anomaly.FaceOnly(parts) {
					return nil
				}
				e.learn = &anomaly.Inspection{On: e.entry.On, Outcome: found}
				for _, f := range []struct {
					flag, text string
					to         *anomaly.NullDecimal
				}{{"--recovered-usage", usage, &e.learn.RecoveredUsage}, {"--recovered-amount", amount, &e.learn.RecoveredAmount}} {
					if f.text == "" {
						continue
					}
					d, err := anomaly.ParseDecimal(f.text)
					if err != nil {
						return badFlag(f.flag, err)
					}
					*f.to = anomaly.Known(d)
				}
				return nil
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&looked, "looked-at", "", "")
	f.StringVar(&present, "present", "", "")
	f.StringVar(&found, "found", "", "")
	f.StringVar(&usage, "recovered-usage", "", "")
	f.StringVar(&amount, "recovered-amount", "", "")
	f.StringVar(&crew, "crew", "", "")
	f.StringVar(&hypothesis, "hypothesis", "", "")
	completeFlag(cmd, "found", append([]string{anomaly.NothingFound}, causeNames()...))
	return cmd
}

// period reads "FROM..UNTIL", both as days; UNTIL is the last day covered. Either may be
// missing. The entry holds the first day not covered.
func (e *entering) period(text string) error {
	if text == "" {
		return nil
	}
	from, until, ok := strings.Cut(text, "..")
	if !ok {
		return misuse("covers", quoted("value", text))
	}
	if from != "" {
		d, err := anomaly.ParseDate(from)
		if err != nil {
			return badFlag("--covers", err)
		}
		e.fact("from", d.String())
	}
	if until != "" {
		d, err := anomaly.ParseDate(until)
		if err != nil {
			return badFlag("--covers", err)
		}
		e.fact("until", d.AddDays(1).String())
	}
	return nil
}

func newCaseEvidenceCommand(a *app) *cobra.Command {
	var o entryOptions
	var coverage, covers, source, document, claim string
	cmd := &cobra.Command{
		Use: "evidence CASE",
		Example: `  whybill case evidence D-1 --coverage warranty --covers 2024-10-01..2026-09-30 --source system
  whybill case evidence D-1 --document mail --claim supports --text "mail of 2026-06-30"`,
		Args: exactlyOne("case", "whybill case evidence D-1 --document mail"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseEvidence, func(e *entering) error {
				if claim != "" && !oneOf(claim, "supports", "contradicts") {
					return notOneOf("--claim", claim, "supports", "contradicts")
				}
				if source != "" && !oneOf(source, "system", "paper") {
					return notOneOf("--source", source, "system", "paper")
				}
				e.fact("coverage", coverage)
				e.fact("source", source)
				e.fact("document", document)
				if claim != "" {
					e.fact(claim, "claim")
				}
				return e.period(covers)
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&coverage, "coverage", "", "")
	f.StringVar(&covers, "covers", "", "")
	f.StringVar(&source, "source", "", "")
	f.StringVar(&document, "document", "", "")
	f.StringVar(&claim, "claim", "", "")
	return cmd
}

func newCaseClaimCommand(a *app) *cobra.Command {
	var o entryOptions
	var says, speaker, coverage, covers, promisedBy, authority, repair, contract, currency string
	var left bool
	cmd := &cobra.Command{
		Use: "claim CASE",
		Example: `  whybill case claim D-1 --says usage_per_day=20 --speaker agent
  whybill case claim D-1 --coverage warranty --covers ..2027-03-31 --promised-by sales --left --repair 4500 --contract 1200 --currency CNY`,
		Args: exactlyOne("case", "whybill case claim D-1 --says usage_per_day=20"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseClaim, func(e *entering) error {
				if says != "" {
					note, understood := check.ClaimNote(says)
					if !understood {
						return misuse("claim", anomaly.TextArg("flag", "--says"), quoted("value", says))
					}
					e.entry.Note = strings.TrimSpace(e.entry.Note + " " + note)
				}
				if speaker != "" && !oneOf(speaker, "customer", "agent", "technician") {
					return notOneOf("--speaker", speaker, "customer", "agent", "technician")
				}
				if authority != "" && !oneOf(authority, "yes", "no") {
					return notOneOf("--authority", authority, "yes", "no")
				}
				for _, f := range [][2]string{{"repair", repair}, {"contract", contract}} {
					if f[1] == "" {
						continue
					}
					if d, err := anomaly.ParseDecimal(f[1]); err != nil || d.IsNeg() {
						return misuse("number", anomaly.TextArg("flag", "--"+f[0]), quoted("value", f[1]))
					}
					e.fact(f[0], f[1])
				}
				e.fact("by", speaker)
				e.fact("coverage", coverage)
				e.fact("promised_by", promisedBy)
				e.fact("authority", authority)
				e.yes("left", left)
				e.fact("currency", strings.ToUpper(currency))
				return e.period(covers)
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&says, "says", "", "")
	f.StringVar(&speaker, "speaker", "", "")
	f.StringVar(&coverage, "coverage", "", "")
	f.StringVar(&covers, "covers", "", "")
	f.StringVar(&promisedBy, "promised-by", "", "")
	f.StringVar(&authority, "authority", "", "")
	f.BoolVar(&left, "left", false, "")
	f.StringVar(&repair, "repair", "", "")
	f.StringVar(&contract, "contract", "", "")
	f.StringVar(&currency, "currency", "", "")
	return cmd
}

func newCaseCloseCommand(a *app) *cobra.Command {
	var o entryOptions
	var cause, evidence, told, force string
	cmd := &cobra.Command{
		Use: "close CASE",
		Example: `  whybill case close D-1 --cause tapped_by_others --evidence "visit of 2026-03-24" --told "the tap is removed, the bill corrected"
  whybill case close D-1 --cause nothing_found --evidence "..." --told "..." --force "the customer moved out"`,
		Args: exactlyOne("case", "whybill case close D-1 --cause misread"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseClose, func(e *entering) error {
				e.entry.Outcome = cause
				e.yes("evidence", strings.TrimSpace(evidence) != "")
				e.yes("told", strings.TrimSpace(told) != "")
				e.yes("forced", force != "")
				lines := []string{o.text}
				for _, x := range [][2]string{{"evidence", evidence}, {"told", told}, {"forced", force}} {
					if x[1] != "" {
						lines = append(lines, x[0]+": "+x[1])
					}
				}
				e.entry.Text = strings.TrimSpace(strings.Join(lines, "\n"))
				return e.closing(cmd.Context())
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&cause, "cause", "", "")
	f.StringVar(&evidence, "evidence", "", "")
	f.StringVar(&told, "told", "", "")
	f.StringVar(&force, "force", "", "")
	completeFlag(cmd, "cause", append([]string{anomaly.NothingFound}, causeNames()...))
	return cmd
}

func newCaseReopenCommand(a *app) *cobra.Command {
	var o entryOptions
	var reason string
	cmd := &cobra.Command{
		Use:     "reopen CASE",
		Example: `  whybill case reopen D-1 --reason "the next bill is as high"`,
		Args:    exactlyOne("case", "whybill case reopen D-1 --reason ..."),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return misuse("needs_flag", anomaly.TextArg("flag", "--reason"), anomaly.TextArg("example", `--reason "the next bill is as high"`))
			}
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseReopen, func(e *entering) error {
				e.yes("reopened", true)
				e.entry.Text = strings.TrimSpace(o.text + "\n" + reason)
				return nil
			})
		},
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&reason, "reason", "", "")
	return cmd
}
