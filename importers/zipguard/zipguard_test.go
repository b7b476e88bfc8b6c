package zipguard

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

// member is what an archive says of one of its files, and the bytes that it has.
type member struct {
	name     string
	declared uint64 // inflated size; 0: that of data, which is stored
	method   uint16
	flags    uint16
	data     string
	crc      uint32
}

func archive(members ...member) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		size := uint64(len(m.data))
		if m.declared > 0 {
			size = m.declared
		}
		part, err := w.CreateRaw(&zip.FileHeader{
			Name: m.name, Method: m.method, Flags: m.flags, CRC32: m.crc,
			UncompressedSize64: size, CompressedSize64: uint64(len(m.data)),
		})
		if err == nil {
			_, err = io.WriteString(part, m.data)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// many repeats a member under as many names.
func many(n int, m member) (all []member) {
	for range n {
		m.name += "x"
		all = append(all, m)
	}
	return all
}

func TestOpenRefuses(t *testing.T) {
	anyRatio := Default
	anyRatio.Ratio = math.MaxUint64
	wide := anyRatio
	wide.Entry, wide.Total = math.MaxUint64, math.MaxUint64
	for _, c := range []struct {
		name   string
		data   []byte
		limits Limits
		want   string
	}{
		{"no archive", []byte("account_id,usage\n"), Default, "zip.damaged"},
		{"nothing", nil, Default, "zip.damaged"},
		{"an archive cut off", archive(member{name: "a", data: "x"})[:40], Default, "zip.damaged"},
		// A size of 2^63 and more once made a library panic on what it set aside for it.
		{"a size of 2^63", archive(member{name: "a", declared: 1 << 63, data: "x"}), Default, "zip.too_large"},
		{"sizes whose sum runs over", archive(many(2, member{declared: 1 << 63, data: "x"})...), wide, "zip.too_large"},
		{"too much together", archive(many(3, member{declared: 8 << 30, data: "x"})...), anyRatio, "zip.too_large"},
		{"too many members", archive(many(4, member{data: "x"})...), Limits{Entries: 3, Entry: 9, Total: 9, Ratio: 9}, "zip.too_many"},
		{"one that unpacks to a gigabyte", archive(member{name: "a", declared: 1 << 30, data: strings.Repeat("x", 1<<20)}), Default, "zip.bomb "},
		{"many small ones that share their bytes", archive(many(100, member{declared: 60 << 20, data: "x"})...), Default, "zip.bomb_together"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(c.data), int64(len(c.data)), c.limits)
			var refused *Error
			if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if refused != nil && refused.Message().Key != strings.TrimSpace(c.want) {
				t.Errorf("message %s", refused.Message().Key)
			}
		})
	}
}

func TestOpenEntry(t *testing.T) {
	const hello = 0x3610a686 // CRC-32 of "hello"
	for _, c := range []struct {
		name string
		m    member
		want string // "" is read
	}{
		{"a stored member", member{data: "hello", crc: hello}, ""},
		{"a wrong checksum", member{data: "hello", crc: 1}, "zip.damaged_member"},
		{"a member with a password", member{data: "hello", crc: hello, flags: 1}, "zip.encrypted"},
		{"a method that nobody knows", member{data: "hello", crc: hello, method: 99}, "zip.method"},
		{"bytes that do not inflate", member{data: "hello", declared: 9, method: zip.Deflate}, "zip.damaged_member"},
		{"fewer bytes than declared", member{data: "hello", declared: 50, crc: hello}, "zip.damaged_member"},
		// An empty stored block, then the letters hello as a final one.
		{"more bytes than declared", member{data: "\x00\x00\x00\xff\xff\x01\x05\x00\xfa\xffhello", declared: 2, crc: hello, method: zip.Deflate}, "zip.damaged_member"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.name = "a"
			data := archive(c.m)
			z, err := Open(bytes.NewReader(data), int64(len(data)), Default)
			if err != nil {
				t.Fatal(err)
			}
			text, err := func() (string, error) {
				r, err := OpenEntry(z.File[0])
				if err != nil {
					return "", err
				}
				defer func() { _ = r.Close() }()
				b, err := io.ReadAll(r)
				return string(b), err
			}()
			switch {
			case c.want == "" && (err != nil || text != "hello"):
				t.Errorf("got %q, %v", text, err)
			case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
				t.Errorf("got %q, %v, want %s", text, err, c.want)
			}
			if uint64(len(text)) > z.File[0].UncompressedSize64 {
				t.Errorf("%d bytes of a member of %d", len(text), z.File[0].UncompressedSize64)
			}
		})
	}
}

// failing is a disk that fails.
type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestOpenPassesOnTheDisksError(t *testing.T) {
	want := errors.New("disk on fire")
	if _, err := Open(failing{want}, 1000, Default); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}
