package locale

// enHelp holds the texts of commands: "help.<command>.short" and ".long", with a dot
// between a command and its subcommand. A paragraph is wrapped to the terminal unless it
// is laid out in columns. The texts of flags are in enFlags.
var enHelp = catalogue{
	"help.root.short": "How much should this bill have been, and what is to be done about it?",
	"help.root.long": `whybill answers, for one utility account or for a million: how much should this
bill have been, where does the difference come from, is it worth a field visit, and
would waiting for the next bill tell us anything?

Start with "whybill demo", which runs the whole story of one disputed bill.`,
	"help.backtest.short": "Measure the estimates on your own bills",
	"help.backtest.long": `backtest estimates bills that are already there, each from what was before it, and
measures how far off the estimates were and how often the intervals held, beside
simpler methods: the last bill, the same period last year, their mean, the account's
mean. It trains by itself on other accounts and earlier bills, unless --model names one.`,
	"help.batch.short": "Assess many accounts and rank them",
	"help.batch.long": `batch assesses every account and lists, best first, those on which something is to
be done. Without files it reads the database; with files it reads them and nothing
else, and no database is needed.

A file is recognised by its header: accounts, meters, readings, bills and the other
input tables may be given together and in any order.

A first pass over the accounts finds what none knows by itself: what all did alike (from
the same few thousand of a large group), the levels of peers, readers' records, routes
that are out as a whole, the readings next door. From the database the last import's
is taken where it holds for the day; a shard and check go by the same. The configuration
can leave it out (model.neighbours = false).

Where the output is no terminal the table is one line an account, its cells apart by
tabs and without a heading, for cut and awk: rank, account_id, period_start, period_end,
usage, unit, low90, high90, action, inspection_probability, priority, top_cause,
main_finding. CSV (--format csv) has a heading.

--visits and --hours ask for a list of visits that fits the crews instead: by expected
net value an hour, a share of it drawn at random and marked, with what may be expected
of it, what is worth a visit and not on it, and what other steps are left (a meter that
could be read again on a route of the list among them). Values in another currency, or in usage
that has no price, cannot be compared and come after the others. An account that crews
have from an earlier list (one kept with --record, a report's, a --previous file, an
alert_sent event) cools down: it is left off for stakes.cool_down bills, or until the
evidence has doubled.`,
	"help.case.short": "Follow a dispute from the complaint to its end",
	"help.case.long": `case keeps a ledger of disputes: what was said, promised, looked at, found and told, by
whom and when. Entries are only added. Every state that waits has a day on which
something is due; a case is not closed on "nothing found" while what was looked at could
not have found what is still possible.

What is wrong with how a dispute is handled (a promise that cannot be kept, a clock that
ran out, a reminder during a dispute) is said on the day it is entered.

Imported events count like entries; their notes say, as key=value pairs:

  complaint       about_crew=T7; with an amount in dispute: currency=TWD order=8000
                  margin=0.3 leave=0.3-0.9 prior=0
  visit_promised  joint=yes hypothesis=tapped_by_others crew=T7 backlog=120 per_day=10
  visit_done      present=yes looked_at=serial,no_load found=nothing_found crew=T7
  evidence        coverage=warranty from=2024-10-01 until=2026-10-01 source=system
                  (until is the first day not covered); supports=claim or
                  contradicts=claim; record=inspection dated=2026-03-09
  claim           coverage=warranty until=2027-04-01 promised_by=sales authority=no
                  left=yes repair=4500 contract=1200 currency=CNY
  answer          final=no where the dispute goes on
  notice_sent     survey=yes, or final=no, where it asks for no money
  plan_change_requested             name=... id=... meter=... as on the form
  payment_account_change_requested  old=... (the account that is to be closed)`,
	"help.case.application.short": "Put an application on record and hold it against the master data",
	"help.case.application.long": `application puts an application on record, with what stands on its form. What differs from
the master data (name, number, meter) is said on the same day, and so is a day that the
queue cannot keep. A change of the payment account holds collection until it is applied.`,
	"help.case.claim.short": "Record what somebody claims, so that it can be tested",
	"help.case.claim.long": `claim records what somebody says of a bill ("meter fine", usage_per_day=20), or what he
says was promised to him: what is covered and until when, who promised it, and what each
way out would cost.`,
	"help.case.close.short": "Close a case",
	"help.case.close.long": `close asks for the cause that was found, the evidence, and what the customer was told. It
refuses "nothing found" while what was looked at could not have found what is still
possible, or after a visit that found something, and any cause while a visit or an answer
that was promised is still to come. --force closes it all the same, and the reason stays
on record.`,
	"help.case.evidence.short": "Record a document or another piece of evidence",
	"help.case.evidence.long": `evidence records what a document shows: a contract with what it covers, a mail that
supports a claim or contradicts it.`,
	"help.case.feedback.short": "List feedback: what nobody has answered first, oldest first",
	"help.case.feedback.long": `feedback lists what people told us and whether they were told anything back: unanswered
first, by age. It shows nobody's words. "case note REF --told" records an answer.`,
	"help.case.list.short": "List cases: what is overdue first",
	"help.case.list.long": `list shows where each case stands, what is due and since when it is open; what is overdue
comes first. It shows nobody's words and no names.`,
	"help.case.note.short": "Put on record what was said or done",
	"help.case.note.long": `note puts on record what was said or done. --told says that the customer was told it;
--waits-for says whose turn it is, and --due by when; --resolved that the matter is put
right and only the customer is still to be told. --sent says that a reminder or a survey
went out, and --due when it arrives. --applied and --rejected end an application.`,
	"help.case.open.short": "Open a case on a complaint",
	"help.case.open.long": `open puts a complaint on record. Where money is in dispute, --amount says how much; with
the open order, what the relation earns is set beside it. --feedback puts on record what
somebody tells us without a dispute: ` + "`case note CASE --told`" + ` answers it. Where a case of the
account is open already, another one is refused unless --another is given.`,
	"help.case.promise.short": "Promise a visit",
	"help.case.promise.long": `promise puts a visit on record: the day, whether the customer is to be there, and what it
is to look for. A repeat visit with no new idea is refused. With the jobs that wait and
how many are done a day, a promise that the queue cannot keep is flagged at once, as is
one for a day or an hour at which nobody works. Another promise before the day of the
first moves the visit: the first stays on record as moved and is not counted as broken.`,
	"help.case.reopen.short": "Open a closed case again",
	"help.case.reopen.long":  "reopen opens a closed case again, with a reason that stays on record.",
	"help.case.rules.short":  "Print the built-in rules file: clocks, working days, costs",
	"help.case.rules.long": `rules prints the built-in rules, to start a file of one's own from. The configuration's
cases.rules names the file that replaces them.`,
	"help.case.show.short": "Show one case: what happened, what was promised, what is wrong",
	"help.case.show.long": `show prints a case from its opening on: entries, promises kept and broken, and what is
wrong with how it is handled. --redacted leaves out everybody's words, facts and names:
what may be shown to the people the case is about.`,
	"help.case.visit.short": "Record a visit",
	"help.case.visit.long": `visit records what was looked at and what was found. Parts that can be looked at: {looks}.

What a visit found is learnt from, unless it only read the meter's face and found nothing.`,
	"help.check.short": "Assess one bill of one account",
	"help.check.long": `check prints a card that can be read out in ten seconds: the verdict and the next
step, the expected usage beside the billed one, where the difference comes from, the
likely causes, the evidence, and whether the customer may be told to wait.

What the customer or a colleague says on the phone can be added on the spot, with
--appliance and --claim; it counts for this answer only and is not stored. An appliance
without a date counts as always there: ask since when it is used, and write "new" where
it is used only since this bill, or "from=DATE". The card says which was assumed.`,
	"help.config.short": "The configuration: init, show, validate",
	"help.config.long": `config works with the configuration file: language, contact and opening hours for
letters, thresholds of the checks, what visits cost. Flags go before the environment,
the environment before the file.`,
	"help.config.init.short":     "Write a commented file to start from",
	"help.config.show.short":     "Print what holds",
	"help.config.validate.short": "Check a configuration file",
	"help.db.short":              "Look at the database",
	"help.db.info.short":         "Say what the database holds",
	"help.db.info.long": `info says where the database is, how large it is, how many rows of each table it
holds, and which files they came from.`,
	"help.demo.short": "Run the story of one disputed bill on built-in data",
	"help.demo.long": `demo tells the story of a winter bill of 1,400 kWh, from files to the answer: it lays
the files into a folder, imports them into a database beside them, and prints the card
of the disputed bill. At the end it says which commands it ran; they can be run again
as they stand.`,
	"help.explain.short": "The rule behind a finding, a cause or an action",
	"help.explain.long": `explain says what a check does, with its parameters, its source and what it cannot see;
what a cause or an action is, what tells it from others, and which checks speak for it. A
finding's reference, as --full prints it, is looked up in the account that --account names;
of a cause, what speaks for and against it in that account's bill is said as well.`,
	"help.explain-to-customer.short": "A letter that explains a bill to the customer",
	"help.explain-to-customer.long": `explain-to-customer writes a letter or message: why the bill is what it is, in plain
words, what happens next and by when, what the customer can do today, and how and when
to reach somebody. It says nothing that the evidence does not bear out, and nothing of
what other people said.

The contact and its hours come from the configuration ("whybill config init") and have
to be there: a letter that says "phone us" has to say when.`,
	"help.import.short": "Read files into the database",
	"help.import.long": `import reads CSV and XLSX files into the database. A file is recognised by its header,
not by its name; columns may come in any order and be called in English or Chinese.

Each file is one transaction: it is there as a whole or not at all, and importing the
same content again changes nothing. A file that corrects an earlier one replaces what
both speak of, and says how many rows that were. A file that cannot be read is named with
the reason, and the others are imported; the exit status is 2 (--strict imports nothing
instead). Where a file that is named is not there, nothing is imported. A row that cannot be read is reported with its file, row, column, reason and
value; the other rows are imported. The rows that were left out are kept in a file beside the database, below their header, to be put right and
imported again; with --repair, so is a list of the rows that were changed. Where more
than 1 percent of a file's rows are left out, the exit status is 2.

At the end a pass over all accounts finds what only the neighbours know and keeps it for
check, batch and report. It is made anew by the next import that changes something of it.`,
	"help.inspect.short": "Show how a file would be read",
	"help.inspect.long": `inspect shows how a file would be read, and writes nothing: encoding, dialect, where
the table starts, what kind it is, each column with its meaning and three sample values
before and after, and the problems by reason with the first rows.

With --rows it prints the whole table as clean CSV, whatever the table is about: UTF-8,
commas, the header first where the file has one, title rows and notes left out, every
cell as the text that was read.`,
	"help.mapping.short": "Say what the columns of a file mean",
	"help.mapping.long": `mapping helps to write a mapping file: what the columns of a file mean that are not
recognised by their headers. import, inspect and batch read it with --mapping.`,
	"help.mapping.init.short": "Write a mapping file to start from",
	"help.mapping.init.long": `init writes a mapping file for what was recognised in the files, with the first cells of
each column as a comment. Columns that were not recognised stand there to be filled in.`,
	"help.model.short":      "Look at what was learnt",
	"help.model.show.short": "Print the model",
	"help.model.show.long": `show prints what training learnt, group by group, as JSON: hyper-parameters, seasonal
shapes, calibration of the intervals, how promises were kept. Without a trained model it prints the defaults.

--outcomes prints instead what visits found: how often each check and each cause was
right, expected before any visit and after them, and how far that moves the priors of
the causes.`,
	"help.notice.short":       "Look a notice over before it is sent",
	"help.notice.check.short": "List what in a notice would make its reader angry",
	"help.notice.check.long": `check reads a notice, text or Markdown, English or Chinese, and lists what makes its
reader angry: no opening hours, nobody there on the day it arrives, an instruction that
cannot be carried out, a wrong amount, a change or a dispute that is pending, no name of
the thing it is about.

With --account what is pending and owed is taken from the database.`,
	"help.rebill.short": "Recompute a bill line by line",
	"help.rebill.long": `rebill lays a bill beside what it should cost: line by line, with the differences
marked. Where they differ it tries the usual mistakes (tiers not doubled, a season not
split, the version before a change, ...) and names the ones that reproduce the billed
amount to the cent.

What cannot be recomputed (no tariff, a version that is not known, an irregular first
period) is "not checked", with what is missing; it is never called right.`,
	"help.report.short": "Write a week as a workbook and one HTML page",
	"help.report.long": `report assesses all accounts and writes what somebody should look at: a workbook, one
self-contained HTML page that needs no network, and a summary as JSON, which is also
printed for the job's log (not with --quiet). New, continuing and resolved are told by the report before
it in the same folder. Accounts that an earlier report or a kept list sends crews to
already cool down: they come last, marked, and are counted by themselves.

It can be run again (the same bytes), and killed (the old report stays); two runs at the
same time do not mix.`,
	"help.selftest.short": "What a self-test at the meter found, and what it means",
	"help.selftest.long": `selftest takes what a customer saw with the main switch off and says what it means: the
power found with its interval, the smallest power that this test could have seen, and
what that means for the usage in dispute. A test that could not have seen what it
looked for is called inconclusive, and how long it would have to take is said. Of tests
that contradict each other the one counts that could see much less, else the one that saw
the meter move.

For water and gas --main is the valve behind the meter, --branches the taps or the
appliances, and the rates are litres or cubic metres an hour. Where gas may be escaping
nobody tests: the plan begins with that.

For an account the test is stored as evidence (--no-store leaves it out); check weighs it from then on.`,
	"help.selftest.plan.short": "How to do the test so that it can see what it must",
	"help.selftest.plan.long": `plan prints, in the customer's language (--lang), what to watch and for how long so that
the test can see the usage in dispute, with the safety line first and the form that a
legal test asks for last.`,
	"help.tariff.short": "Tariffs: list, show, price, compare, validate",
	"help.tariff.long": `tariff works with the tariffs by which bills are recomputed: the built-in ones, and
files of one's own (TOML, or JSON of the OpenEI utility rate database) given with --tariff-file.`,
	"help.tariff.compare.short": "What each applicable tariff would have cost over the last year",
	"help.tariff.compare.long": `compare prices the account's bills of the last year under its own tariff and under the
others of the same utility that it could have. A tariff that needs what the bills do not
have (usage by time of day, say) is "not checked", with what is missing.`,
	"help.tariff.list.short":  "List the tariffs",
	"help.tariff.price.short": "Price a usage over a period",
	"help.tariff.price.long": `price says what a usage over a period costs, line by line. The period is half-open: --to
is the first day not covered, which is the day of the closing reading.

Where the tariff is not known for some of the days, or needs something that was not
given, nothing is guessed: the answer says what is missing, and the exit status is 2.`,
	"help.tariff.schema.short": "Print the JSON schema of tariff files, for editors",
	"help.tariff.show.short":   "Print a tariff as a file",
	"help.tariff.show.long": `show prints a tariff with all its versions and sources, as a file that can be changed and
used with --tariff-file.`,
	"help.tariff.validate.short": "Check tariff files",
	"help.tariff.validate.long":  "validate reads tariff files and says, with file and line, what is wrong and what would mend it.",
	"help.train.short":           "Learn from the bills what is usual",
	"help.train.long": `train learns, from the database's bills, what the accounts of a group have in common:
seasonal shapes, how much usage wanders, how far the intervals have to reach. check and
batch use it from then on; without training they use defaults. What only the neighbours
know, which every import keeps, is worked out anew with it.

From the visits it learns how often each cause is the true one: what was found, held
against what was expected of the same accounts on the day before. --outcomes learns only
that and leaves the rest as it was.

The decisions on past bills are taken again, each as of its day, and one bill later: how
often the next bill really changed them is what the promise "the next bill changes the
decision" is held to.

Over files, or with --output, the model is written to a file for --model.`,
	"help.version.short":   "Print the version",
	"help.worksheet.short": "The sheet for a field visit",
	"help.worksheet.long": `worksheet writes what a technician takes along: the hypotheses to test, the readings to
take, what to bring, what the last visits did. It never carries the text of a
complaint, nor who complained about whom.`,
	"help.help.short":       "Help about a command or a topic",
	"help.help.long":        "help prints the help of a command, or one of the topics that \"whybill help\" lists at its end.",
	"help.completion.short": "Write the completion script for a shell",
	"help.completion.long": `completion writes a script that lets a shell complete commands, flags, account and bill
ids, tariffs, checks and causes. Each shell's own help says how it is loaded.`,
	"help.completion.bash.short": "For bash",
	"help.completion.bash.long": `The script needs the package bash-completion. For this session:

  source <(whybill completion bash)

For every session on Linux:

  whybill completion bash > /etc/bash_completion.d/whybill`,
	"help.completion.zsh.short": "For zsh",
	"help.completion.zsh.long": `Completion has to be on ("autoload -U compinit; compinit" in ~/.zshrc). For this session:

  source <(whybill completion zsh)

For every session on Linux:

  whybill completion zsh > "${fpath[1]}/_whybill"`,
	"help.completion.fish.short": "For fish",
	"help.completion.fish.long": `For this session:

  whybill completion fish | source

For every session:

  whybill completion fish > ~/.config/fish/completions/whybill.fish`,
	"help.completion.powershell.short": "For PowerShell",
	"help.completion.powershell.long": `For this session:

  whybill completion powershell | Out-String | Invoke-Expression

For every session, add the output of this command to the profile.`,
	"help.tables.short": "The input tables and their columns",
	"help.tables.long": `A CSV file or an XLSX sheet is recognised by its header, not by its name. Columns may
come in any order and be called in English, Traditional or Simplified Chinese; a star
marks what must be there. "whybill inspect FILE" shows how a file would be read.

accounts     account_id* service unit premise_id name class tariff region route moved_in
             moved_out status service_amps phases meter_size occupants weather_station
             previous_account_id
meters       account_id* meter_id* installed_on removed_on initial_reading final_reading
             multiplier digits resolution constant verified_until
readings     account_id* read_on* reading* meter_id register quality reader
bills        account_id* period_start* period_end* usage* bill_id unit amount currency
             issued_on due_on tariff reading_from reading_to quality cancels_bill_id
bill_lines   account_id* bill_id* code* amount* description quantity unit_price from to
appliances   account_id* appliance* watts* hours_per_day* count from until months
             watts_low watts_high hours_low hours_high
weather      station* date* mean_temp_c* (or min and max)
intervals    account_id* start* usage* unit end or minutes meter_id quality
events       account_id* at* kind* due ref amount note by
inspections  account_id* outcome* inspected_on recovered_usage recovered_amount

Readings are taken at the start of their day. Whether period_end is the last day covered
or the first day not covered is worked out for each file from its consecutive bills;
--period-end sets it.`,
	"help.exit-status.short": "What the exit statuses mean",
	"help.exit-status.long": `The exit status is part of the interface.

--fail-on asks for status 1: a severity and above ("severity:3"), an action ("inspect"),
a check ("U01"), or "any" for any action; several are separated by commas. Everything is
printed as without it, so that a job's log has the answer as well as the status.`,
	"help.environment.short": "Environment variables",
	"help.environment.long": `WHYBILL_DB      the database (--db goes before it)
WHYBILL_CONFIG  the configuration file (--config goes before it)
WHYBILL_LANG    the language: en, zh-TW, zh-CN (--lang goes before it); then the
                configuration's, then LC_ALL, LC_MESSAGES, LANG
NO_COLOR        turns colours off where it is set to anything
WHYBILL_DEBUG   shows where an internal error happened
XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME
                where the database, the configuration and the demo lie by default`,
	"help.cron.short": "A weekly report by cron or a systemd timer",
	"help.cron.long": `The weekly report can be run again and again: the same week gives the same bytes, a run
that is killed leaves the old report, and two runs at a time do not mix. Its summary goes
to standard output, what could not be read to standard error.

As a crontab line, Mondays at five, about the week before:

  0 5 * * 1  whybill import --quiet /srv/exports; whybill report --quiet --week "$(date -d 'last week' +\%G-W\%V)" --out /srv/reports

As a systemd service and timer:

  # /etc/systemd/system/whybill-report.service
  [Service]
  Type=oneshot
  User=whybill
  Environment=WHYBILL_DB=/srv/whybill/whybill.db
  ExecStart=/bin/sh -c 'whybill import --quiet /srv/exports; whybill report --quiet --week "$$(date -d "last week" +%%G-W%%V)" --out /srv/reports'

  # /etc/systemd/system/whybill-report.timer
  [Timer]
  OnCalendar=Mon 05:00
  Persistent=true
  [Install]
  WantedBy=timers.target

A job that has to raise an alarm asks for it with --fail-on:

  whybill batch --quiet --fail-on inspect,rebill || mail -s "bills to look at" somebody`,
	"help.exit_status": `Exit status: 0 done; 1 only when --fail-on asks for it and something reached it;
2 wrong usage or bad input; 3 internal error; 130 interrupted.`,
	"help.heading.usage":    "Usage:",
	"help.heading.examples": "Examples:",
	"help.heading.answer":   "Answers:",
	"help.heading.data":     "Data:",
	"help.heading.commands": "Commands:",
	"help.heading.more":     "Other commands:",
	"help.heading.topics":   "Help topics:",
	"help.heading.flags":    "Flags:",
	"help.heading.global":   "Global flags:",
	"help.use.flags":        "[flags]",
	"help.use.command":      "COMMAND",
	"help.more":             "\"{command} COMMAND --help\" says more about a command.",
	"help.default":          " (default {value})",
	"help.value":            "value",
}
