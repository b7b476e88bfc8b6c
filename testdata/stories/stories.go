// Package stories embeds the disputes that the demo and the tests tell.
package stories

import "embed"

// Files holds one folder a story, with files as a user would have them.
//
//go:embed */*.csv
var Files embed.FS
