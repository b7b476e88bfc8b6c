package main

import "github.com/spf13/cobra"

// helpTopics are read with `whybill help TOPIC`; they do nothing.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "tables", Short: "The input tables and their columns", Long: tablesHelp},
		{Use: "exit-status", Short: "What the exit statuses mean", Long: "The exit status is part of the interface.\n" + exitStatusHelp + "\n\n" + failOnTopic},
		{Use: "environment", Short: "Environment variables", Long: environmentHelp},
		{Use: "cron", Short: "A weekly report by cron or a systemd timer", Long: cronHelp},
	}
}

const tablesHelp = `A CSV file or an XLSX sheet is recognised by its header, not by its name. Columns may
come in any order and be called in English, Traditional or Simplified Chinese; a star
marks what must be there. ` + "`whybill inspect FILE`" + ` shows how a file would be read.

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
--period-end sets it.`

const failOnTopic = `--fail-on asks for status 1: a severity and above ("severity:3"), an action ("inspect"),
a check ("U01"), or "any" for any action; several are separated by commas. Everything is
printed as without it, so that a job's log has the answer as well as the status.`

const environmentHelp = `WHYBILL_DB      the database (--db goes before it)
WHYBILL_CONFIG  the configuration file (--config goes before it)
WHYBILL_LANG    the language: en, zh-TW, zh-CN (--lang goes before it); then the
                configuration's, then LC_ALL, LC_MESSAGES, LANG
NO_COLOR        turns colours off where it is set to anything
WHYBILL_DEBUG   shows where an internal error happened
XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME
                where the database, the configuration and the demo lie by default`

const cronHelp = `The weekly report can be run again and again: the same week gives the same bytes, a run
that is killed leaves the old report, and two runs at a time do not mix. Its summary goes
to standard output, what could not be read to standard error.

As a crontab line, Mondays at five, about the week before:

  0 5 * * 1  whybill import --quiet /srv/exports && whybill report --quiet --week "$(date -d 'last week' +\%G-W\%V)" --out /srv/reports

As a systemd service and timer:

  # /etc/systemd/system/whybill-report.service
  [Service]
  Type=oneshot
  User=whybill
  Environment=WHYBILL_DB=/srv/whybill/whybill.db
  ExecStart=/bin/sh -c 'whybill import --quiet /srv/exports && whybill report --quiet --week "$$(date -d "last week" +%%G-W%%V)" --out /srv/reports'

  # /etc/systemd/system/whybill-report.timer
  [Timer]
  OnCalendar=Mon 05:00
  Persistent=true
  [Install]
  WantedBy=timers.target

A job that has to raise an alarm asks for it with --fail-on:

  whybill batch --quiet --fail-on inspect,rebill || mail -s "bills to look at" somebody`
