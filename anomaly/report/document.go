package report

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
)

// A document is a letter or a work sheet before it is written in a format.
type document struct {
	lang, title string
	blocks      []block
}

type blockKind uint8

const (
	heading blockKind = iota
	paragraph
	steps  // a numbered list
	points // a list
	fields // lines to be filled in by hand
)

type block struct {
	kind  blockKind
	text  string
	items []string
}

func (d *document) add(kind blockKind, text string) {
	if text != "" {
		d.blocks = append(d.blocks, block{kind: kind, text: text})
	}
}

func (d *document) list(kind blockKind, items ...string) {
	if len(items) > 0 {
		d.blocks = append(d.blocks, block{kind: kind, items: items})
	}
}

// DocumentFormats lists the formats of letters and work sheets.
var DocumentFormats = []string{"text", "markdown", "html"}

// errFormat says that a document cannot be written in the format asked for.
var errFormat = errors.New("no such format")

// textColumns is the width of a letter in plain text.
const textColumns = 76

func (d *document) write(w io.Writer, format string) error {
	b := bufio.NewWriter(w)
	switch format {
	case "text", "":
		d.text(b)
	case "markdown":
		d.markdown(b)
	case "html":
		d.html(b)
	default:
		return fmt.Errorf("%w: %q; there are %s", errFormat, format, strings.Join(DocumentFormats, ", "))
	}
	return b.Flush()
}

func (d *document) text(b *bufio.Writer) {
	lines := func(first, rest, text string) {
		for i, line := range wrap(text, textColumns-width(first)) {
			if i > 0 {
				first = rest
			}
			b.WriteString(first + line + "\n")
		}
	}
	lines("", "", d.title)
	b.WriteString(strings.Repeat("=", min(textColumns, width(d.title))) + "\n")
	for _, k := range d.blocks {
		b.WriteByte('\n')
		switch k.kind {
		case heading:
			lines("", "", k.text)
			b.WriteString(strings.Repeat("-", min(textColumns, width(k.text))) + "\n")
		case paragraph:
			lines("", "", k.text)
		}
		for i, item := range k.items {
			switch k.kind {
			case steps:
				lines(fmt.Sprintf("%d. ", i+1), "   ", item)
			case fields:
				lines("[ ] ", "    ", item)
			default:
				lines("- ", "  ", item)
			}
		}
	}
}

func (d *document) markdown(b *bufio.Writer) {
	b.WriteString("# " + escapeMarkdown(tidy(d.title)) + "\n")
	for _, k := range d.blocks {
		b.WriteByte('\n')
		switch text := escapeMarkdown(tidy(k.text)); k.kind {
		case heading:
			b.WriteString("## " + text + "\n")
		case paragraph:
			b.WriteString(text + "\n")
		}
		for i, item := range k.items {
			mark := "- "
			switch k.kind {
			case steps:
				mark = fmt.Sprintf("%d. ", i+1)
			case fields:
				mark = "- [ ] "
			}
			b.WriteString(mark + escapeMarkdown(tidy(item)) + "\n")
		}
	}
}

// documentStyle is the style sheet of letters and work sheets, for screen and paper.
const documentStyle = `:root{color-scheme:light dark}
body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK TC","Microsoft JhengHei","Microsoft YaHei",sans-serif}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:1.6rem}
.fields{list-style:none;padding:0}.fields li{border-bottom:1px solid;padding:.9rem 0 .2rem}
@media print{body{margin:0;max-width:none;font-size:11pt}}`

func (d *document) html(b *bufio.Writer) {
	escape := func(s string) string { return html.EscapeString(tidy(s)) }
	b.WriteString("<!DOCTYPE html>\n<html lang=\"" + escape(d.lang) + "\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " + hashOf(documentStyle) + "; base-uri 'none'; form-action 'none'\">\n")
	b.WriteString("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(d.title) + "</title>\n<style>" + documentStyle + "</style>\n</head>\n<body>\n")
	b.WriteString("<h1>" + escape(d.title) + "</h1>\n")
	for _, k := range d.blocks {
		switch k.kind {
		case heading:
			b.WriteString("<h2>" + escape(k.text) + "</h2>\n")
		case paragraph:
			b.WriteString("<p>" + escape(k.text) + "</p>\n")
		}
		if len(k.items) == 0 {
			continue
		}
		open, end := "<ul>", "</ul>"
		switch k.kind {
		case steps:
			open, end = "<ol>", "</ol>"
		case fields:
			open = `<ul class="fields">`
		}
		b.WriteString(open + "\n")
		for _, item := range k.items {
			b.WriteString("<li>" + escape(item) + "</li>\n")
		}
		b.WriteString(end + "\n")
	}
	b.WriteString("</body>\n</html>\n")
}
