// Package store keeps what was imported in one SQLite file and hands it out again
// account by account. It is the only package that knows SQLite.
//
// An import is one transaction, known by the hash of the file's content: it can be
// killed at any moment and run again, and the same content twice changes nothing.
// Rows are sorted by account on the way in, so that all rows of an account lie
// together however the file was ordered. What replaces what follows from natural keys
// and is the same as in [anomaly.BuildHistory]: the history that the store gives is
// the history of all rows that were ever imported, in that order.
//
// Readers see the state before or after an import, never one in between; they do not
// wait for the one that writes, nor it for them.
//
// # Why it is built like this
//
// Measured on two shared cores with bills of 19 columns; ratios count. Through
// database/sql the same engine reads a row in 1.6 us and writes one in 3.0 us, through
// the direct interface used here in 0.6 us and 2.3 us; 32 rows with one statement bring
// writing to 1.6 us. What is left is the engine's own work: fewer constraints, larger
// pages or shared parameters change it by less than a tenth each. One packed value an
// account would take 0.4 us a bill, but nobody could read it with SQL.
//
// Files come a month at a time, tables are in the order of accounts: without sorting
// first, each month would touch every page of a large table. Sorted, an import needs no
// more memory than its buffers, however large the store is.
//
// Decimals are kept as integers where they have no decimals and as text otherwise:
// exact, readable, with the zeros at the end that the file had, and SQL can calculate
// with both.
package store
