package locale

var enCheckData = catalogue{
	"D01.name":  "Encoding and header",
	"D01.rule":  "While a file is read: encoding, delimiter and quotes are found out, the header is looked for in the first 50 rows. An encoding that is not certain is refused; a column that is not understood is named.",
	"D01.blind": "Damage that leaves valid characters behind, such as text that was decoded wrongly before it was saved.",
	"D02.name":  "Dates that can be read in two ways",
	"D02.rule":  "While a file is read: day and month, years counted from 1912 and serial days are decided for each column by all of its cells. A column that stays open is refused until --date-order says what it is.",
	"D02.blind": "A column in which the day never exceeds 12 and which another column of the same file decides wrongly.",
	"D03.name":  "Numbers that can be read in two ways",
	"D03.rule":  "While a file is read: decimal point or comma is decided for each column by all of its cells. Columns that mix the two or stay open are refused until --decimal-mark says what they are.",
	"D03.blind": "A number whose mark was lost before the file was written.",
	"D04.name":  "Jump of the unit",
	"D04.rule":  "The usage per day is within {tolerance} of 10 or 1,000 times, or a tenth or a thousandth, of what is usual, of what was to be expected, of the bill before or of the same bill a year ago, in an account that is otherwise steady; or a thousandth or a thousand times of it is within what was to be expected. Not where the meter moved by what was billed.",
	"D04.blind": "A change of unit from the first bill on, or in an account whose usage varies much.",
	"D04.more":  "{usage} is {times} {times|time|times} the usual {usual}: rather another unit, or a decimal point that was lost, than usage. Check the data first.",
	"D04.less":  "The usual {usual} is {times} {times|time|times} the {usage} billed: rather another unit, or a decimal point in the wrong place, than usage. Check the data first.",
	"D10.name":  "Many rejected rows",
	"D10.rule":  "While a file is read: if more than --max-rejects (1 %) of its rows cannot be read, the exit status is 2. The other rows are imported; --strict imports nothing.",
	"D10.blind": "Rows that can be read and are wrong.",
	"D12.name":  "Hour that comes twice",
	"D12.rule":  "While a file with interval usage is read: on the night in which clocks are put back both hours of the same name are kept, told apart by the offsets in their rows. Without offsets an hour that is there twice as a whole, in its place, on such a night (early on a Sunday: the last of October, the first of November or April) is taken for that, and this is said. A day of 23 hours is no gap. Other rows that repeat a time count as conflicts.",
	"D12.blind": "In a file without offsets: a row repeated by mistake in just that hour, a change on another night, and which of the two hours it is if only one is there.",
}
