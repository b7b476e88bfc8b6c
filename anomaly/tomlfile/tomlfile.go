// Package tomlfile reads the files that say what the house believes and goes by: causes,
// actions, accepted findings, the rules of the case desk. A field without a meaning is a
// fault, not something to pass over.
package tomlfile

import (
	"errors"
	"io"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"whybill/anomaly"
)

// Read decodes a file into v. The error is an *anomaly.Fault: a field that is not known is
// named with its line, and so is the line on which the text is no TOML.
func Read(r io.Reader, v any) error {
	err := toml.NewDecoder(r).DisallowUnknownFields().Decode(v)
	var strict *toml.StrictMissingError
	var syntax *toml.DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		line, _ := strict.Errors[0].Position()
		return anomaly.NewFault("fault.toml_field", anomaly.TextArg("field", strings.Join(strict.Errors[0].Key(), ".")), anomaly.CountArg("line", line))
	case errors.As(err, &syntax):
		line, _ := syntax.Position()
		return anomaly.NewFault("fault.toml_line", anomaly.CountArg("line", line), anomaly.TextArg("detail", strings.TrimPrefix(syntax.Error(), "toml: ")))
	}
	return anomaly.NewFault("fault.toml", anomaly.TextArg("detail", strings.TrimPrefix(err.Error(), "toml: ")))
}
