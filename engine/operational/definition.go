package operational

import (
	"slices"
	"strings"
)

// definition is a column or a constraint in the text of a table.
type definition struct {
	text  string
	words []string // as tokens gives them
}

// definitions takes the text of a table apart, as SQLite keeps it: "CREATE TABLE name (…) tail".
// The order of columns and constraints says nothing here: an added column stands behind the
// constraints.
func definitions(sql string) (list []definition, tail []string) {
	all := scan(sql)
	open := slices.IndexFunc(all, func(t token) bool { return t.text == "(" })
	if open < 0 {
		return nil, nil
	}
	depth, from := 0, open+1
	for i := open; i < len(all); i++ {
		switch all[i].text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth > 1 || depth == 1 && all[i].text != "," {
			continue
		}
		if from < i {
			list = append(list, define(sql, all[from:i]))
		}
		from = i + 1
		if depth == 0 {
			break
		}
	}
	for _, t := range all[from:] {
		if t.text != "," {
			tail = append(tail, t.text)
		}
	}
	slices.Sort(tail)
	return list, tail
}

// define makes a definition. That a column may be null needs no word.
func define(sql string, ts []token) definition {
	d := definition{text: sql[ts[0].start:ts[len(ts)-1].end]}
	for i, t := range ts {
		if t.text == "null" && i > 1 && !slices.Contains([]string{"not", "default", "is", "set", "(", ",", "="}, ts[i-1].text) && (i+1 == len(ts) || ts[i+1].text != ")") {
			continue
		}
		d.words = append(d.words, t.text)
	}
	return d
}

// name gives the column's name without quotes.
func (d definition) name() string { return strings.Trim(d.words[0], "\"`[]") }

// addable reports whether SQLite can add the column to a table that has rows.
func (d definition) addable() bool {
	has := func(word string) bool { return slices.Contains(d.words, word) }
	if slices.Contains([]string{"constraint", "primary", "unique", "check", "foreign"}, d.words[0]) ||
		has("primary") || has("unique") || has("generated") || has("as") || has("references") && has("default") {
		return false
	}
	at := slices.Index(d.words, "default")
	if at < 0 || at+1 == len(d.words) {
		for i, w := range d.words {
			if w == "null" && i > 0 && d.words[i-1] == "not" {
				return false
			}
		}
		return true
	}
	value := d.words[at+1]
	return value != "(" && value != "null" && !strings.HasPrefix(value, "current_")
}

// renamedTable gives a create statement under another name.
func renamedTable(sql, to string) string {
	for i, t := range scan(sql) {
		if i == 2 { // create table name
			return sql[:t.start] + quote(to) + sql[t.end:]
		}
	}
	return sql
}
