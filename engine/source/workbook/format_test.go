package workbook

import "testing"

func TestClassify(t *testing.T) {
	for code, want := range map[string]class{
		"General": plain, "0": plain, "0.00%": plain, "#,##0.00": plain, "0.00E+00": plain, "@": plain, "": plain, "# ?/?": plain,
		`"Rp"#,##0`: plain, `"day "0`: plain, `[Red]-0`: plain, `[$Rp-421] #,##0`: plain, `_(* #,##0_);_(* (#,##0)`: plain, `0\d`: plain, `0;"dd"`: plain, `0;dd`: plain, `"unclosed dd`: plain,
		"[Blue]General": plain, "[>100]0": plain, "[dd": plain,
		"dd/mm/yyyy": date, "d-mmm-yy": date, "mmmm": date, "yyyy": date, "m/d/yy h:mm": date, "[$-421]d mmmm yyyy;@": date, "[$-F800]dddd, mmmm dd, yyyy": date, `yyyy"年"m"月"`: date, "DD.MM.YY": date, "mmm-yy": date,
		"h:mm": clock, "hh:mm:ss": clock, "h:mm AM/PM": clock, "mm:ss": clock, "mm:ss.0": clock, "hh:mm:ss;@": clock,
		"[h]:mm": duration, "[hh]:mm:ss": duration, "[mm]:ss": duration, "[s]": duration, "[H]": duration,
	} {
		if got := classify(code); got != want {
			t.Errorf("classify(%q) = %d, want %d", code, got, want)
		}
	}
	for id, want := range map[int]class{0: plain, 4: plain, 9: plain, 14: date, 17: date, 18: clock, 21: clock, 22: date, 37: plain, 45: clock, 46: duration, 47: clock, 49: plain, 57: date} {
		if got := builtinClass(id); got != want {
			t.Errorf("builtinClass(%d) = %d, want %d", id, got, want)
		}
	}
}
