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
package store
