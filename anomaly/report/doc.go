// Package report shows assessments: as a card for the agent on the phone, as a ranked
// table for a batch, as files for other programs (CSV, NDJSON, Markdown, XLSX), as a
// weekly report (a workbook and one HTML page), as a chart, and as letters.
//
// It decides nothing. What it says is the assessment's: findings and reasons come as
// messages and are put into words by package locale. The one thing it watches over is
// what the words may claim: a thing that was not checked is never called right.
package report
