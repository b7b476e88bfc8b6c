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
	cmd := &cobra.Command{
		Use:   "open ACCOUNT",
		Short: "Open a case on a complaint",
		Long: `open puts a complaint on record. Where money is in dispute, --amount says how much; with
the open order, what the relation earns is set beside it.
` + exitStatusHelp,
		Example: `  whybill case open 0712345602 --topic high_bill --text "twice as much as last winter"
  whybill case open FRT-1 --topic freight --amount 800 --currency TWD --order 8000 --margin 0.3 --leave 0.3-0.9`,
		Args: exactlyOne("an account id", "whybill case open 0712345602"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseOpen, func(e *entering) error {
				if id != "" {
					e.entry.Case = id
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
	f.StringVar(&id, "case", "", "the case's `id`, such as the reference of another system (default: the next number)")
	f.StringVar(&bill, "bill", "", "the bill in dispute, by `id` or first day")
	f.StringVar(&topic, "topic", "", "what it is `about`, in one word: high_bill, freight, ...")
	f.StringVar(&amount, "amount", "", "the `amount` in dispute, where it is not a bill's")
	f.StringVar(&currency, "currency", "", "the `currency` of --amount and --order")
	f.StringVar(&order, "order", "", "the `amount` of what the customer would still buy")
	f.StringVar(&margin, "margin", "", "the `share` of it that is earned, such as 0.3")
	f.StringVar(&leave, "leave", "", "how probable it is that a customer who is refused leaves, `low-high`, such as 0.3-0.9")
	return cmd
}

// amount reads an amount of a flag; "" is none.
func (e *entering) amount(text string) error {
	if text == "" {
		return nil
	}
	d, err := anomaly.ParseDecimal(text)
	if err != nil {
		return usagef("", "--amount: %v", err)
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
		return usagef("", "--due: %v", err)
	}
	return nil
}

func newCaseNoteCommand(a *app) *cobra.Command {
	var o entryOptions
	var waits, due string
	var told, resolved bool
	cmd := &cobra.Command{
		Use:   "note CASE",
		Short: "Put on record what was said or done",
		Long: `note puts on record what was said or done. --told says that the customer was told it;
--waits-for says whose turn it is, and --due by when; --resolved that the matter is put
right and only the customer is still to be told.
` + exitStatusHelp,
		Example: `  whybill case note D-1 --text "asked for the mail" --waits-for customer --due 2026-03-20
  whybill case note D-1 --told --text "explained how the tiers work"`,
		Args: exactlyOne("a case", "whybill case note D-1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseNote, func(e *entering) error {
				if waits != "" && !oneOf(waits, "customer", "us") {
					return usagef("", "--waits-for is customer or us, not %q", waits)
				}
				if told && e.case_ != nil && !e.case_.Feedback {
					e.fact("final", "no") // the dispute goes on until it is closed
				}
				e.yes("told", told)
				e.yes("resolved", resolved)
				e.fact("waits", waits)
				return e.due(due)
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&waits, "waits-for", "", "`whose` turn it is: customer or us")
	f.StringVar(&due, "due", "", "by which `day`")
	f.BoolVar(&told, "told", false, "the customer was told this")
	f.BoolVar(&resolved, "resolved", false, "the matter is put right; the customer is still to be told")
	completeFlag(cmd, "waits-for", []string{"customer", "us"})
	return cmd
}

func newCasePromiseCommand(a *app) *cobra.Command {
	var o entryOptions
	var due, hypothesis, crew, backlog, perDay, force string
	var joint bool
	cmd := &cobra.Command{
		Use:   "promise CASE",
		Short: "Promise a visit",
		Long: `promise puts a visit on record: the day, whether the customer is to be there, and what it
is to look for. A repeat visit with no new idea is refused. With the jobs that wait and
how many are done a day, a promise that the queue cannot keep is flagged at once.
` + exitStatusHelp,
		Example: `  whybill case promise D-1 --due 2026-03-24T14:00 --joint --hypothesis tapped_by_others
  whybill case promise D-1 --due 2026-03-24 --backlog 120 --per-day 10`,
		Args: exactlyOne("a case", "whybill case promise D-1 --due 2026-03-24"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CasePromise, func(e *entering) error {
				if due == "" {
					return usagef("for example: --due 2026-03-24", "a promise needs a day: --due")
				}
				if err := e.due(due); err != nil {
					return err
				}
				for _, f := range [][2]string{{"backlog", backlog}, {"per-day", perDay}} {
					if f[1] != "" {
						if _, err := parseFloat("--"+f[0], f[1]); err != nil {
							return err
						}
					}
				}
				e.yes("joint", joint)
				e.fact("hypothesis", hypothesis)
				e.fact("crew", crew)
				e.fact("backlog", backlog)
				e.fact("per_day", perDay)
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
	f.StringVar(&due, "due", "", "the `day` that was promised, with the time")
	f.BoolVar(&joint, "joint", false, "the customer is to be there")
	f.StringVar(&hypothesis, "hypothesis", "", "the `cause` that it is to look for")
	f.StringVar(&crew, "crew", "", "which `crew` goes")
	f.StringVar(&backlog, "backlog", "", "how many `jobs` wait")
	f.StringVar(&perDay, "per-day", "", "how `many` are done a working day")
	f.StringVar(&force, "force", "", "promise it in spite of a refusal, for this `reason`")
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
		Use:   "visit CASE",
		Short: "Record a visit",
		Long: `visit records what was looked at and what was found. Parts that can be looked at:
` + strings.Join(cases.Looks(), ", ") + `.

What a visit found is learnt from, unless it only read the meter's face and found nothing.
` + exitStatusHelp,
		Example: `  whybill case visit D-1 --on 2026-03-12 --present no --looked-at meter_face --found nothing_found
  whybill case visit D-1 --present yes --looked-at serial,no_load,wiring --found tapped_by_others`,
		Args: exactlyOne("a case", "whybill case visit D-1"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseVisit, func(e *entering) error {
				parts, unknown := cases.Parts(looked)
				switch {
				case unknown != "":
					return usagef("there are "+strings.Join(cases.Looks(), ", "), "--looked-at: %q is nothing that can be looked at", unknown)
				case present != "" && !oneOf(present, "yes", "no"):
					return usagef("", "--present is yes or no, not %q", present)
				case found != "" && found != anomaly.NothingFound && !oneOf(found, causeNames()...):
					return usagef("a cause such as tapped_by_others, or nothing_found", "--found: there is no cause %q", found)
				}
				e.fact("present", present)
				e.fact("looked_at", strings.Join(parts, ","))
				e.fact("crew", crew)
				e.fact("hypothesis", hypothesis)
				e.entry.Outcome = found
				faceOnly := len(parts) == 0 || len(parts) == 1 && parts[0] == "meter_face"
				if found == "" || found == anomaly.NothingFound && faceOnly {
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
						return usagef("", "%s: %v", f.flag, err)
					}
					*f.to = anomaly.Known(d)
				}
				return nil
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&looked, "looked-at", "", "what was looked at, as `parts` with commas")
	f.StringVar(&present, "present", "", "whether the customer was there: `yes or no`")
	f.StringVar(&found, "found", "", "what was found: a `cause`, or nothing_found")
	f.StringVar(&usage, "recovered-usage", "", "the `usage` that was billed too little or too much")
	f.StringVar(&amount, "recovered-amount", "", "the same in `money`")
	f.StringVar(&crew, "crew", "", "which `crew` went")
	f.StringVar(&hypothesis, "hypothesis", "", "the `cause` that it looked for")
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
		return usagef("write it as 2024-10-01..2026-09-30", "--covers: %q is not FROM..UNTIL", text)
	}
	if from != "" {
		d, err := anomaly.ParseDate(from)
		if err != nil {
			return usagef("", "--covers: %v", err)
		}
		e.fact("from", d.String())
	}
	if until != "" {
		d, err := anomaly.ParseDate(until)
		if err != nil {
			return usagef("", "--covers: %v", err)
		}
		e.fact("until", d.AddDays(1).String())
	}
	return nil
}

func newCaseEvidenceCommand(a *app) *cobra.Command {
	var o entryOptions
	var coverage, covers, source, document, claim string
	cmd := &cobra.Command{
		Use:   "evidence CASE",
		Short: "Record a document or another piece of evidence",
		Long: `evidence records what a document shows: a contract with what it covers, a mail that
supports a claim or contradicts it.
` + exitStatusHelp,
		Example: `  whybill case evidence D-1 --coverage warranty --covers 2024-10-01..2026-09-30 --source system
  whybill case evidence D-1 --document mail --claim supports --text "mail of 2026-06-30"`,
		Args: exactlyOne("a case", "whybill case evidence D-1 --document mail"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseEvidence, func(e *entering) error {
				if claim != "" && !oneOf(claim, "supports", "contradicts") {
					return usagef("", "--claim is supports or contradicts, not %q", claim)
				}
				if source != "" && !oneOf(source, "system", "paper") {
					return usagef("", "--source is system or paper, not %q", source)
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
	f.StringVar(&coverage, "coverage", "", "`what` is covered: warranty, maintenance, discount")
	f.StringVar(&covers, "covers", "", "from when until when, both days included: `FROM..UNTIL`")
	f.StringVar(&source, "source", "", "`where` it stands: system or paper")
	f.StringVar(&document, "document", "", "the `kind` of document: contract, mail, message, ...")
	f.StringVar(&claim, "claim", "", "whether it `supports or contradicts` the claim")
	return cmd
}

func newCaseClaimCommand(a *app) *cobra.Command {
	var o entryOptions
	var says, speaker, coverage, covers, promisedBy, authority, repair, contract, currency string
	var left bool
	cmd := &cobra.Command{
		Use:   "claim CASE",
		Short: "Record what somebody claims, so that it can be tested",
		Long: `claim records what somebody says of a bill ("meter fine", usage_per_day=20), or what he
says was promised to him: what is covered and until when, who promised it, and what each
way out would cost.
` + exitStatusHelp,
		Example: `  whybill case claim D-1 --says usage_per_day=20 --speaker agent
  whybill case claim D-1 --coverage warranty --covers ..2027-03-31 --promised-by sales --left --repair 4500 --contract 1200 --currency CNY`,
		Args: exactlyOne("a case", "whybill case claim D-1 --says usage_per_day=20"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseClaim, func(e *entering) error {
				if says != "" {
					note, understood := check.ClaimNote(says)
					if !understood {
						return usagef(`say "meter fine", "will correct itself", or a pair such as usage_per_day=20; words go to --text`, "--says: %q is not something that can be tested", says)
					}
					e.entry.Note = strings.TrimSpace(e.entry.Note + " " + note)
				}
				if speaker != "" && !oneOf(speaker, "customer", "agent", "technician") {
					return usagef("", "--speaker is customer, agent or technician, not %q", speaker)
				}
				if authority != "" && !oneOf(authority, "yes", "no") {
					return usagef("", "--authority is yes or no, not %q", authority)
				}
				for _, f := range [][2]string{{"repair", repair}, {"contract", contract}} {
					if f[1] == "" {
						continue
					}
					if d, err := anomaly.ParseDecimal(f[1]); err != nil || d.IsNeg() {
						return usagef("", "--%s: %q is not an amount", f[0], f[1])
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
	f.StringVar(&says, "says", "", "what is `said` of the bill")
	f.StringVar(&speaker, "speaker", "", "`who` says it: customer, agent or technician")
	f.StringVar(&coverage, "coverage", "", "`what` is said to be covered: warranty, maintenance, discount")
	f.StringVar(&covers, "covers", "", "from when until when, both days included: `FROM..UNTIL`")
	f.StringVar(&promisedBy, "promised-by", "", "which `desk` is said to have promised it")
	f.StringVar(&authority, "authority", "", "whether it could: `yes or no`")
	f.BoolVar(&left, "left", false, "who promised it is no longer there")
	f.StringVar(&repair, "repair", "", "what granting it would `cost`")
	f.StringVar(&contract, "contract", "", "the `price` of a maintenance contract that would cover it")
	f.StringVar(&currency, "currency", "", "the `currency` of the amounts")
	return cmd
}

func newCaseCloseCommand(a *app) *cobra.Command {
	var o entryOptions
	var cause, evidence, told, force string
	cmd := &cobra.Command{
		Use:   "close CASE",
		Short: "Close a case",
		Long: `close asks for the cause that was found, the evidence, and what the customer was told. It
refuses "nothing found" while what was looked at could not have found what is still
possible; --force closes it all the same, and the reason stays on record.
` + exitStatusHelp,
		Example: `  whybill case close D-1 --cause tapped_by_others --evidence "visit of 2026-03-24" --told "the tap is removed, the bill corrected"
  whybill case close D-1 --cause nothing_found --evidence "..." --told "..." --force "the customer moved out"`,
		Args: exactlyOne("a case", "whybill case close D-1 --cause misread"),
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
				return e.closing()
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&cause, "cause", "", "the `cause` that was found, or nothing_found")
	f.StringVar(&evidence, "evidence", "", "what it rests `on`")
	f.StringVar(&told, "told", "", "what the customer was `told`")
	f.StringVar(&force, "force", "", "close it in spite of a refusal, for this `reason`")
	completeFlag(cmd, "cause", append([]string{anomaly.NothingFound}, causeNames()...))
	return cmd
}

func newCaseReopenCommand(a *app) *cobra.Command {
	var o entryOptions
	var reason string
	cmd := &cobra.Command{
		Use:     "reopen CASE",
		Short:   "Open a closed case again",
		Long:    "reopen opens a closed case again, with a reason that stays on record.\n" + exitStatusHelp,
		Example: `  whybill case reopen D-1 --reason "the next bill is as high"`,
		Args:    exactlyOne("a case", "whybill case reopen D-1 --reason ..."),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usagef("", "why? say it with --reason")
			}
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseReopen, func(e *entering) error {
				e.yes("reopened", true)
				e.entry.Text = strings.TrimSpace(o.text + "\n" + reason)
				return nil
			})
		},
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&reason, "reason", "", "`why`")
	return cmd
}
