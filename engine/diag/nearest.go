package diag

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Nearest gives the candidate most like name, for "did you mean". It gives false when nothing
// is near enough that a person would have meant it: more than a third of the letters differ, or
// all of them.
func Nearest(name string, candidates []string) (string, bool) {
	best, bestDist := "", -1
	sorted := append([]string(nil), candidates...)
	sort.Strings(sorted)
	lower, letters := strings.ToLower(name), utf8.RuneCountInString(name)
	for _, c := range sorted {
		d := distance(lower, strings.ToLower(c))
		if d > 0 && d >= max(letters, utf8.RuneCountInString(c)) {
			continue // nothing in common
		}
		if bestDist < 0 || d < bestDist {
			best, bestDist = c, d
		}
	}
	limit := max(1, (letters+2)/3)
	if bestDist < 0 || bestDist > limit {
		return "", false
	}
	return best, true
}

// DidYouMean gives `did you mean "x"?`, or the empty string when nothing is near.
func DidYouMean(name string, candidates []string) string {
	if c, ok := Nearest(name, candidates); ok {
		return `did you mean "` + c + `"?`
	}
	return ""
}

// distance is the Damerau-Levenshtein distance (optimal string alignment): a swap of two
// neighbouring letters, the commonest typing error, counts as one.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	prev2, prev, cur := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(t)]
}
