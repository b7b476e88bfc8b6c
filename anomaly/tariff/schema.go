package tariff

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Schema returns the JSON schema (draft 2020-12) of tariff files, for editors. It is
// made of the types that read the files, so the two cannot drift apart.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[File]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "whybill tariff file"
	// Keys come out sorted, and no value here can fail to encode.
	text, _ := json.MarshalIndent(root, "", "  ")
	return append(text, '\n')
}

func schemaOf(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[Number]():
		return map[string]any{"type": "number"}
	case t == reflect.TypeFor[toml.LocalDate]():
		return map[string]any{"type": "string", "format": "date"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		return objectSchema(t)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	}
	return map[string]any{"type": "string"}
}

func objectSchema(t reflect.Type) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, f := range fields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("toml"), ",")
		property := schemaOf(f.Type)
		property["description"] = f.Tag.Get("doc")
		properties[name] = property
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	object := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		object["required"] = required
	}
	return object
}
