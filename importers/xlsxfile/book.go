// Package xlsxfile reads the cells of XLSX and XLSM workbooks as text, row by row, in
// bounded memory and at the speed at which the file inflates. It knows cells only:
// what they mean is decided by whoever reads them.
//
// A workbook is not trusted: its archive is held against limits before anything is
// inflated, no size it declares is believed, and whatever it contains, reading it ends
// in rows or in a *Fault.
package xlsxfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"whybill/anomaly"
	"whybill/importers/zipguard"
)

// Kind says what a cell holds.
type Kind uint8

// The kinds of cells.
const (
	Empty Kind = iota
	Text
	Number       // Text is the exact decimal, never with an exponent
	Date         // Text is "2026-03-01", or "2026-03-01 12:30" where its format shows a time
	Time         // a time of day or a duration: Text is "08:30" or "26:30:00"
	Bool         // Text is TRUE or FALSE
	Error        // Text is the code, such as #N/A
	Uncalculated // a formula without a stored result: Text is the formula with its "="
)

// Cell is one cell. Its Text stays valid for ever; it may share the memory of its
// neighbours' texts.
type Cell struct {
	Text string
	Kind Kind
}

// Sheet is one worksheet of a workbook. Charts and dialogs are left out.
type Sheet struct {
	Name   string
	Hidden bool // not shown to whoever opens the workbook
	part   *zip.File
}

// Book is an open workbook.
type Book struct {
	sheets        []Sheet
	parts         map[string]*zip.File // by lower-case name
	date04        bool
	styles        []format
	sharedStrings *zip.File    // nil where there are none
	strings       *stringTable // read with the first sheet
	closer        io.Closer
}

// Fault is why a workbook or a part of it cannot be read.
type Fault struct{ message anomaly.Message }

// Message is the reason as the catalogue words it.
func (e *Fault) Message() anomaly.Message { return e.message }

// Error returns the reason's key and texts, for logs and tests.
func (e *Fault) Error() string {
	text := e.message.Key
	for i := range e.message.Args {
		text += fmt.Sprintf(" %s=%s", e.message.Args[i].Name, e.message.Args[i].Text)
	}
	return text
}

func fault(key string, args ...anomaly.Arg) error { return &Fault{anomaly.Msg(key, args...)} }

func textArg(name, text string) anomaly.Arg { return anomaly.TextArg(name, text) }

func damaged(part string) error { return fault("xlsx.damaged", textArg("part", part)) }

// Open opens the workbook in a file; Close closes it.
func Open(name string) (*Book, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var b *Book
		if b, err = New(f, info.Size()); err == nil {
			b.closer = f
			return b, nil
		}
	}
	_ = f.Close()
	return nil, err
}

// New opens the workbook of size bytes in r, which has to stay readable until Close.
// The error is a *Fault or a *zipguard.Error for whatever is wrong with the workbook.
func New(r io.ReaderAt, size int64) (b *Book, err error) {
	defer recovered(&err)
	if err := refuseCompound(r); err != nil {
		return nil, err
	}
	z, err := zipguard.Open(r, size, zipguard.Default)
	if err != nil {
		return nil, err
	}
	b = &Book{parts: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := partName("", f.Name)
		if b.parts[name] == nil { // the first of a name counts, as in the office programs
			b.parts[name] = f
		}
	}
	if err := b.readWorkbook(); err != nil {
		return nil, err
	}
	return b, nil
}

// recovered turns a panic into an error. Nothing here is known to panic; it is the
// last wall between a crafted file and a night's batch.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fault("xlsx.damaged", textArg("part", fmt.Sprint(p)))
	}
}

// Sheets lists the worksheets in the order of their tabs.
func (b *Book) Sheets() []Sheet { return b.sheets }

// Close releases the file and what was spilled to disk.
func (b *Book) Close() error {
	var err error
	if b.strings != nil {
		err = b.strings.close()
	}
	if b.closer != nil {
		err = errors.Join(err, b.closer.Close())
	}
	return err
}

var compoundMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// refuseCompound names the two kinds of compound files that carry a workbook's name:
// the old binary format and a workbook locked with a password.
func refuseCompound(r io.ReaderAt) error {
	head := make([]byte, 512)
	n, _ := r.ReadAt(head, 0)
	if head = head[:n]; !bytes.HasPrefix(head, compoundMagic) {
		return nil
	}
	if n == 512 {
		// [MS-CFB] 2.2: sector size as a power of two at 30, first directory sector at 48.
		shift := min(uint(head[30])|uint(head[31])<<8, 12)
		sector := int64(head[48]) | int64(head[49])<<8 | int64(head[50])<<16 | int64(head[51])<<24
		directory := make([]byte, 4096)
		n, _ := r.ReadAt(directory, (sector+1)<<shift)
		if bytes.Contains(directory[:n], utf16le("EncryptedPackage")) {
			return fault("xlsx.encrypted")
		}
	}
	return fault("xlsx.old_format")
}

func utf16le(ascii string) []byte {
	wide := make([]byte, 0, 2*len(ascii))
	for i := range len(ascii) {
		wide = append(wide, ascii[i], 0)
	}
	return wide
}

// partName resolves a target against the folder of the part that names it.
func partName(folder, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if !strings.HasPrefix(target, "/") {
		target = folder + "/" + target
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+target), "/"))
}

// relation is a link from one part to another.
type relation struct{ id, kind, target string }

// relations reads the links of a part. kind is the last word of the relation's type,
// which the two generations of the standard agree on.
func (b *Book) relations(part string) (links []relation, err error) {
	folder, file := path.Split(part)
	folder = strings.TrimSuffix(folder, "/")
	f := b.parts[strings.TrimPrefix(folder+"/_rels/"+file+".rels", "/")]
	if f == nil {
		return nil, nil
	}
	err = elements(f, func(e *xml.StartElement) {
		if e.Name.Local != "Relationship" || attribute(e, "TargetMode") == "External" {
			return
		}
		kind := attribute(e, "Type")
		links = append(links, relation{
			id:     attribute(e, "Id"),
			kind:   kind[strings.LastIndexByte(kind, '/')+1:],
			target: partName(folder, attribute(e, "Target")),
		})
	})
	return links, err
}

// readWorkbook finds the workbook, its sheets, its number formats and its strings.
func (b *Book) readWorkbook() error {
	name := "xl/workbook.xml"
	roots, err := b.relations("")
	if err != nil {
		return err
	}
	for _, l := range roots {
		if l.kind == "officeDocument" {
			name = l.target
		}
	}
	workbook := b.parts[name]
	if workbook == nil {
		if b.parts["xl/workbook.bin"] != nil {
			return fault("xlsx.binary_format")
		}
		if b.parts["content.xml"] != nil {
			return fault("xlsx.open_document")
		}
		return fault("xlsx.no_workbook")
	}
	links, err := b.relations(name)
	if err != nil {
		return err
	}
	targets := make(map[string]relation, len(links))
	for _, l := range links {
		targets[l.id] = l
		switch l.kind {
		case "sharedStrings":
			b.sharedStrings = b.parts[l.target]
		case "styles":
			if f := b.parts[l.target]; f != nil {
				if b.styles, err = readStyles(f); err != nil {
					return err
				}
			}
		}
	}
	err = elements(workbook, func(e *xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			b.date04 = isTrue(attribute(e, "date1904"))
		case "sheet":
			l := targets[prefixed(e, "id")]
			if f := b.parts[l.target]; l.kind == "worksheet" && f != nil {
				state := attribute(e, "state")
				b.sheets = append(b.sheets, Sheet{
					Name: attribute(e, "name"), Hidden: state == "hidden" || state == "veryHidden", part: f,
				})
			}
		}
	})
	if err != nil {
		return err
	}
	if len(b.sheets) == 0 {
		return fault("xlsx.no_sheets")
	}
	return nil
}

// elements calls each for every element of a small part.
func elements(f *zip.File, each func(*xml.StartElement)) error {
	r, err := zipguard.OpenEntry(f)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	const limit = 64 << 20 // the largest styles seen in the wild are some 10 MB
	d := xml.NewDecoder(io.LimitReader(r, limit))
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			var z *zipguard.Error
			if errors.As(err, &z) {
				return err
			}
			return damaged(f.Name)
		}
		if e, ok := t.(xml.StartElement); ok {
			each(&e)
		}
	}
}

func attribute(e *xml.StartElement, name string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == name && e.Attr[i].Name.Space == "" {
			return e.Attr[i].Value
		}
	}
	return ""
}

// prefixed returns an attribute that stands in a namespace: r:id, whatever r is called.
func prefixed(e *xml.StartElement, name string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == name && e.Attr[i].Name.Space != "" {
			return e.Attr[i].Value
		}
	}
	return ""
}

func isTrue(v string) bool { return v == "1" || v == "true" || v == "on" }
