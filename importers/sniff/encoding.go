package sniff

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Encoding is how the bytes of a file stand for characters.
type Encoding uint8

// The encodings.
const (
	EncodingUnknown Encoding = iota
	UTF8
	UTF16LE
	UTF16BE
	Big5
	GB18030
	Windows1252
)

var encodings = [...]struct {
	name, aliases string
	enc           encoding.Encoding
}{
	EncodingUnknown: {"unknown", "", encoding.Nop},
	UTF8:            {"utf-8", "utf8 utf-8-sig utf8bom", unicode.UTF8},
	UTF16LE:         {"utf-16le", "utf16le utf-16 utf16 unicode", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	UTF16BE:         {"utf-16be", "utf16be", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	Big5:            {"big5", "cp950 big5-hkscs big5hkscs ms950", traditionalchinese.Big5},
	GB18030:         {"gb18030", "gbk cp936 gb2312", simplifiedchinese.GB18030},
	Windows1252:     {"windows-1252", "cp1252 latin1 latin-1 iso-8859-1 ansi", charmap.Windows1252},
}

// String returns the encoding's name, which is also the value of the flag that sets it.
func (e Encoding) String() string { return encodings[e].name }

// ParseEncoding reads a name or one of its usual aliases; "" and "auto" are unknown.
func ParseEncoding(name string) (Encoding, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || name == "auto" {
		return EncodingUnknown, true
	}
	for e := UTF8; int(e) < len(encodings); e++ {
		if encodings[e].name == name {
			return e, true
		}
		for alias := range strings.FieldsSeq(encodings[e].aliases) {
			if alias == name {
				return e, true
			}
		}
	}
	return EncodingUnknown, false
}

// Decoder returns a new decoder to UTF-8; characters that do not decode become U+FFFD.
func (e Encoding) Decoder() *encoding.Decoder { return encodings[e].enc.NewDecoder() }

// Splittable reports whether the bytes of delimiters, quotes and line ends never occur
// inside another character, so that the raw bytes can be cut into records first and
// decoded afterwards. Second bytes of Big5 and GB18030 start at 0x40 (0x30 in four-byte
// forms): | and \ can be part of a character, comma, semicolon, tab and quotes cannot.
func (e Encoding) Splittable(delimiter string, quote, escape byte) bool {
	switch e {
	case UTF8, Windows1252:
		return true
	case Big5, GB18030:
		for i := range len(delimiter) {
			if delimiter[i] >= 0x30 && delimiter[i] != ';' && delimiter[i] != ':' {
				return false
			}
		}
		return quote < 0x30 && escape < 0x30
	}
	return false
}

// Decode turns text into UTF-8 and counts the characters that did not decode.
func (e Encoding) Decode(text string) (decoded string, undecoded int) {
	if e == UTF8 {
		if utf8.ValidString(text) {
			return text, 0
		}
		n := 0
		for i, r := range text {
			if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
				n++
			}
		}
		return strings.ToValidUTF8(text, "\ufffd"), n
	}
	if e == UTF16LE || e == UTF16BE || e == EncodingUnknown {
		decoded, _ = e.Decoder().String(text) // what does not decode is in the text as U+FFFD
		return decoded, strings.Count(decoded, "\ufffd")
	}
	return e.decodeRuns(text)
}

// decodeRuns decodes text of which most is ASCII: only the runs beyond it go through the
// decoder.
func (e Encoding) decodeRuns(text string) (decoded string, undecoded int) {
	next := beyondASCII(text)
	if next == len(text) {
		return text, 0
	}
	decoder := e.Decoder()
	out := make([]byte, 0, len(text)+len(text)/4)
	var src, dst []byte
	for {
		out = append(out, text[:next]...)
		text = text[next:]
		if text == "" {
			return string(out), undecoded
		}
		n := e.run(text)
		src = append(src[:0], text[:n]...)
		if need := 3*n + 4; cap(dst) < need { // no character of two bytes or one needs more
			dst = make([]byte, 2*need)
		}
		decoder.Reset()
		written, _, err := decoder.Transform(dst[:cap(dst)], src, true)
		if err != nil {
			undecoded++
		}
		undecoded += bytes.Count(dst[:written], []byte("\ufffd"))
		out = append(out, dst[:written]...)
		text = text[n:]
		next = beyondASCII(text)
	}
}

// run returns the length of the run of characters beyond ASCII that text begins with.
// The second byte of such a character can itself be an ASCII one.
func (e Encoding) run(text string) int {
	i := 0
	for i < len(text) && text[i] >= utf8.RuneSelf {
		switch {
		case e == Windows1252 || text[i] == 0x80 || text[i] == 0xff:
			i++
		case e == GB18030 && fourBytes(text[i:]):
			i += 4
		case e == GB18030 && i+1 < len(text) && text[i+1] >= 0x30 && text[i+1] < 0x40:
			i++ // no character begins so: the decoder gives up this byte alone
		default:
			i += 2
		}
	}
	return min(i, len(text))
}

// fourBytes reports whether text begins with what the decoder takes for a four-byte
// character of GB18030: the second byte up to 0x3f, not only a digit, and a number that
// stands for a character of the first plane (below 39420) or of a later one.
func fourBytes(text string) bool {
	if len(text) < 4 || text[1] < 0x30 || text[1] >= 0x40 || text[2] < 0x81 || text[2] == 0xff || text[3] < '0' || text[3] > '9' {
		return false
	}
	n := ((int(text[0]-0x81)*10+int(text[1]-0x30))*126+int(text[2]-0x81))*10 + int(text[3]-'0')
	return n < 39420 || n >= 189000 && n < 189000+0x100000
}

func beyondASCII(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Guess is what the bytes of a sample say of their encoding.
type Guess struct {
	Encoding Encoding
	BOM      int // bytes of a byte-order mark to leave out
	// Sure is false where another encoding reads the sample nearly as well: Rival.
	Sure  bool
	Rival Encoding
}

// DetectEncoding decides how a sample is encoded. Byte-order marks and valid UTF-8
// decide at once. Between Big5, GB18030 and Windows-1252 the words decide: how many
// recognised headers, how many common characters, how few that do not decode.
func DetectEncoding(sample []byte, whole bool) Guess {
	switch {
	case bytes.HasPrefix(sample, []byte{0xef, 0xbb, 0xbf}):
		return Guess{UTF8, 3, true, EncodingUnknown}
	case bytes.HasPrefix(sample, []byte{0xff, 0xfe}):
		return Guess{UTF16LE, 2, true, EncodingUnknown}
	case bytes.HasPrefix(sample, []byte{0xfe, 0xff}):
		return Guess{UTF16BE, 2, true, EncodingUnknown}
	}
	if e := utf16ByZeros(sample); e != EncodingUnknown {
		return Guess{e, 0, true, EncodingUnknown}
	}
	text := sample
	if !whole {
		text = cutAtLine(text)
	}
	if valid, share := utf8Share(text, whole); valid || share > 0.99 {
		return Guess{UTF8, 0, true, EncodingUnknown}
	}
	best, second := score{e: EncodingUnknown, points: -1e9}, score{points: -1e9}
	for _, e := range [...]Encoding{Big5, GB18030, Windows1252} {
		s := score{e, plausibility(e, text)}
		if s.points > best.points {
			best, second = s, best
		} else if s.points > second.points {
			second = s
		}
	}
	return Guess{best.e, 0, best.points >= second.points+0.1, second.e}
}

type score struct {
	e      Encoding
	points float64
}

func cutAtLine(b []byte) []byte {
	if i := bytes.LastIndexByte(b, '\n'); i > 0 {
		return b[:i+1]
	}
	return b
}

// utf8Share returns whether the text is UTF-8 and, of the characters beyond ASCII, the
// share that is.
func utf8Share(b []byte, whole bool) (valid bool, share float64) {
	good, bad := 0, 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !whole && len(b) < utf8.UTFMax && !utf8.FullRune(b) {
				break
			}
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	if bad == 0 {
		return true, 1
	}
	return false, float64(good) / float64(good+bad)
}

// utf16ByZeros recognises UTF-16 without a byte-order mark by the zero bytes of its
// ASCII characters (delimiters, digits, line ends).
func utf16ByZeros(b []byte) Encoding {
	b = b[:min(len(b), 4096)&^1]
	if len(b) < 4 {
		return EncodingUnknown
	}
	even, odd := 0, 0
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 && b[i+1] != 0 {
			even++
		}
		if b[i+1] == 0 && b[i] != 0 {
			odd++
		}
	}
	switch pairs := len(b) / 2; {
	case odd*5 > pairs*2 && even*20 < pairs:
		return UTF16LE
	case even*5 > pairs*2 && odd*20 < pairs:
		return UTF16BE
	}
	return EncodingUnknown
}

// plausibility scores a reading of the sample: recognised words weigh most, then the
// share of common characters among those beyond ASCII, less those that do not decode.
func plausibility(e Encoding, sample []byte) float64 {
	text, undecoded := e.Decode(string(sample[:min(len(sample), 64<<10)]))
	beyond, common := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			continue
		}
		beyond++
		switch e {
		case Windows1252:
			if strings.ContainsRune("äöüÄÖÜßéèêàâçñóíúáôîûœæøåØÅÉÀÇ€£§°²³µ–—’“”", r) {
				common++
			}
		case Big5:
			if strings.ContainsRune(commonTraditional, r) {
				common++
			}
		case GB18030:
			if strings.ContainsRune(commonSimplified, r) {
				common++
			}
		}
	}
	if beyond == 0 {
		return 0
	}
	points := 2*float64(common)/float64(beyond) - 4*float64(undecoded)/float64(beyond)
	words := 0
	lines := 0
	for line := range strings.Lines(text) {
		if lines++; lines > 30 || words > 20 {
			break
		}
		for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t|\"\r\n", r) }) {
			if isASCII(cell) {
				continue
			}
			if c, _ := Lookup(cell); len(c) > 0 {
				words++
			}
		}
	}
	if e == Windows1252 {
		// Accents stand between ASCII letters; two bytes beyond ASCII in a row are
		// rather one Chinese character.
		points -= 2 * float64(pairsBeyond(sample)) / float64(beyond)
	}
	return points + float64(min(words, 5))
}

func pairsBeyond(sample []byte) int {
	n := 0
	for i := 1; i < min(len(sample), 64<<10); i++ {
		if sample[i] >= 0x80 && sample[i-1] >= 0x80 {
			n++
			i++
		}
	}
	return n
}

// Characters that billing data and addresses are full of; enough to tell the two
// encodings apart, since text read in the wrong one falls on rare characters.
const (
	commonTraditional = "的一是在不有人我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她里後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手用主行方又如前所本見經頭面公同三已老從動兩長" +
		"電號用戶度數計費期間抄表日水費金額應繳總帳單編號路街巷弄樓室市區縣鄉鎮村里臺台北新竹桃園中高雄南投屏東花蓮義林陳黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅簡朱鐘彭游詹胡施沈余趙盧梁顏柯孫魏翁戴范宋方鄧杜傅侯曹薛丁馬蔣唐卓藍馮姚石董紀歐程連古汪湯姜田康" +
		"實估自報機器備註說明本上下次指針倍平均單價元整流動公共設施節獎勵營業稅遲延付款項狀態開始結束迄起止住宅商業級距氣候一二三四五六七八九十月份"
	commonSimplified = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处" +
		"电表户号户名用电地址类别电压等级账单周期抄表日期本期上期电量电费交费截止编号示数类型总峰平谷倍率抄见变损线损加减计费费用组成分时时段标准结算供应收价元张李王刘陈杨黄赵周吴徐孙朱马胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤小区街道楼单元室市县镇村湘潭长沙北京上海广州深圳"
)
