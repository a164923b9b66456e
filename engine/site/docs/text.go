package docs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// grouped writes 12403 as 12,403.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// plural writes "1 model", "2 models".
func plural(n int, unit string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(unit, "sis"):
		unit = strings.TrimSuffix(unit, "is") + "es"
	case strings.HasSuffix(unit, "y"):
		unit = strings.TrimSuffix(unit, "y") + "ies"
	default:
		unit += "s"
	}
	return grouped(int64(n)) + " " + unit
}

func seconds(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d >= 100*time.Second:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006, 15:04 UTC")
}

func bytesText(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<20:
		return fmt.Sprintf("%.0f KB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	default:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	}
}

// clip shortens text to at most n runes, at a word's end where one is near.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)[:n-1]
	cut := string(r)
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)*2/3 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:") + "…"
}

// slug makes text fit for an address or an element's id.
func slug(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-', r == '.':
			b.WriteRune(r)
		case r == ' ' || r == '/':
			b.WriteByte('-')
		default:
			fmt.Fprintf(&b, "~%x", r)
		}
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

// fileNames gives every id a file name of its own, even where the file system does not tell
// upper from lower case.
type fileNames map[string]bool

func (f fileNames) of(id string) string {
	name := slug(id)
	if len(name) > 160 {
		sum := sha256.Sum256([]byte(id))
		name = name[:140] + "-" + hex.EncodeToString(sum[:6])
	}
	base := name
	for i := 2; f[strings.ToLower(name)]; i++ {
		name = base + "-" + strconv.Itoa(i)
	}
	f[strings.ToLower(name)] = true
	return name
}
