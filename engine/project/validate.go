package project

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
)

// maxNamedKeys is how many known keys a hint names.
const maxNamedKeys = 12

// strictness says what an unknown key is.
type strictness uint8

const (
	strict  strictness = iota // an error: a section of Atlas's own
	lenient                   // a warning: dbt lets it pass
	silent                    // nothing: files of installed packages
)

// validate judges a YAML tree by a rule.
func validate(file string, n *node, r *rule, s strictness) diag.List {
	v := &validator{file: file, strict: s}
	if n == nil {
		return nil
	}
	v.check(n, r, "")
	return v.diags
}

// holds gives the verdict of a rule without reporting anything.
func (v *validator) holds(n *node, r *rule) bool {
	probe := validator{file: v.file, strict: v.strict, probe: true}
	probe.check(n, r, "")
	return !probe.failed
}

type validator struct {
	file   string
	strict strictness
	diags  diag.List
	probe  bool // only the verdict is wanted
	failed bool
}

// fail notes an error.
func (v *validator) fail(d *diag.Diagnostic) {
	v.failed = true
	if !v.probe {
		v.diags.Add(d)
	}
}

// check judges one value; what is the key it stands under, for messages.
func (v *validator) check(n *node, r *rule, what string) {
	if r == nil || r.plain || (v.probe && v.failed) {
		return
	}
	if len(r.anyOf) > 0 && !v.checkAny(n, r, what) {
		return
	}
	t := n.jsonType()
	if r.types != 0 && r.types&t == 0 {
		v.fail(v.wrongType(n, r.types, what))
		return
	}
	if r.enum != nil && !inEnum(n, r.enum) {
		v.fail(v.notInEnum(n, r.enum, what))
		return
	}
	switch n.kind {
	case mapNode:
		v.checkMap(n, r, what)
	case listNode:
		if r.items != nil {
			for _, x := range n.items {
				v.check(x, r.items, what)
			}
		}
	default:
		v.checkScalar(n, r, what, t)
	}
}

// checkAny finds a branch that holds. If none does, it reports the branch that was most likely
// meant: the first whose type fits.
func (v *validator) checkAny(n *node, r *rule, what string) bool {
	for _, branch := range r.anyOf {
		if v.quick(n, branch) || v.holds(n, branch) {
			if !v.probe && n.kind != scalarNode {
				v.check(n, branch, what) // for its warnings
			}
			return true
		}
	}
	t := n.jsonType()
	var types typeSet
	var enum []any
	for _, branch := range r.anyOf {
		fits := branch.types == 0 || branch.types&t != 0
		if fits && branch.enum == nil && !isTemplateRule(branch) {
			v.check(n, branch, what)
			return false
		}
		if !isTemplateRule(branch) {
			types |= branch.types
			enum = append(enum, branch.enum...)
		}
	}
	if len(enum) > 0 {
		v.fail(v.notInEnum(n, enum, what))
	} else {
		v.fail(v.wrongType(n, types, what))
	}
	return false
}

// quick decides the commonest case, a scalar of a type, without a probe.
func (v *validator) quick(n *node, r *rule) bool {
	return n.kind == scalarNode && r.types != 0 && r.types&n.jsonType() != 0 && r.enum == nil &&
		r.anyOf == nil && r.pattern == nil && r.minLength == 0 && r.min == nil && r.max == nil
}

// isTemplateRule reports the rule that lets a template stand for any value.
func isTemplateRule(r *rule) bool {
	return r.pattern != nil && strings.HasPrefix(r.pattern.String(), `\{[{%#]`)
}

func (v *validator) checkMap(n *node, r *rule, what string) {
	if len(n.keys) < r.minProps {
		v.fail(diag.Errorf(diag.BadValue, n.pos(v.file), "%s must not be empty", quoteKey(what)))
	}
	renamed := v.checkRequired(n, r, what)
	for i, k := range n.keys {
		if sub, ok := r.props[k.text]; ok {
			if sub.deprecated && !v.probe && v.strict != silent {
				v.diags.Add(diag.Warnf(diag.UnknownKey, k.pos(v.file), "%q is an old name", k.text).WithLen(len(k.text)).WithHint("%s", sub.about))
			}
			v.check(n.items[i], sub, k.text)
			continue
		}
		if r.additional != nil {
			v.check(n.items[i], r.additional, k.text)
		}
		if r.closed && k != renamed {
			v.unknownKey(k, r, what)
		}
	}
}

// checkRequired reports keys that are missing. It gives the key that was probably meant to be the
// last of them.
func (v *validator) checkRequired(n *node, r *rule, what string) (renamed *node) {
	for _, name := range r.required {
		if n.index(name) >= 0 {
			continue
		}
		d := diag.Errorf(diag.MissingKey, n.pos(v.file), "%sthe key %q is missing", inKey(what), name)
		for _, k := range n.keys {
			if _, known := r.props[k.text]; known || v.probe {
				continue
			}
			if _, near := diag.Nearest(k.text, []string{name}); near {
				renamed = k
				d.Pos, d.Len = k.pos(v.file), utf8.RuneCountInString(k.text)
				d.Hint = fmt.Sprintf("rename %q to %q", k.text, name)
			}
		}
		v.fail(d)
	}
	return renamed
}

func (v *validator) unknownKey(k *node, r *rule, what string) {
	if v.strict == strict {
		v.failed = true
	}
	if v.probe || v.strict == silent || v.strict == lenient && strings.HasPrefix(k.text, "x-") {
		return // x- is a common place for anchors
	}
	d := diag.Errorf(diag.UnknownKey, k.pos(v.file), "%sunknown key %q", inKey(what), k.text).WithLen(utf8.RuneCountInString(k.text))
	if v.strict == lenient {
		d.Severity = diag.Warning
	}
	switch near, ok := diag.Nearest(k.text, r.names); {
	case ok:
		d.Hint = fmt.Sprintf("did you mean %q?", near)
	case r.props["config"] != nil && isConfigKey(k.text):
		d.Hint = fmt.Sprintf("put %q under config:", k.text)
	case len(r.names) <= maxNamedKeys:
		d.Hint = "known keys: " + strings.Join(r.names, ", ")
	}
	v.diags.Add(d)
}

func (v *validator) checkScalar(n *node, r *rule, what string, t typeSet) {
	if t&(tInteger|tNumber) != 0 && (r.min != nil || r.max != nil) {
		v.checkRange(n, r, what)
	}
	if t != tString {
		return
	}
	if utf8.RuneCountInString(n.text) < r.minLength {
		v.fail(diag.Errorf(diag.BadValue, n.pos(v.file), "%s must not be empty", quoteKey(what)))
		return
	}
	if r.pattern != nil && !r.pattern.MatchString(n.text) {
		d := diag.Errorf(diag.BadValue, n.pos(v.file), "%s cannot be %q", quoteKey(what), n.text).WithLen(utf8.RuneCountInString(n.text))
		if r.about != "" {
			d.Hint = r.about
		}
		v.fail(d)
	}
}

func (v *validator) checkRange(n *node, r *rule, what string) {
	var f float64
	switch x := n.value().(type) {
	case int64:
		f = float64(x)
	case float64:
		f = x
	}
	switch {
	case r.min != nil && f < *r.min:
		v.fail(diag.Errorf(diag.BadValue, n.pos(v.file), "%s must be at least %v", quoteKey(what), *r.min))
	case r.max != nil && f > *r.max:
		v.fail(diag.Errorf(diag.BadValue, n.pos(v.file), "%s must be at most %v", quoteKey(what), *r.max))
	}
}

func (v *validator) wrongType(n *node, types typeSet, what string) *diag.Diagnostic {
	if v.probe {
		return nil
	}
	d := diag.Errorf(diag.BadValue, n.pos(v.file), "%s must be %s, not %s", quoteKey(what), typeWords(types), n.describe()).
		WithLen(utf8.RuneCountInString(n.text))
	if _, truth := n.value().(bool); truth && types&tString != 0 {
		d.Hint = fmt.Sprintf("YAML takes %s for a truth value; as text it is %q", n.text, n.text)
	}
	return d
}

func (v *validator) notInEnum(n *node, enum []any, what string) *diag.Diagnostic {
	if v.probe {
		return nil
	}
	var words []string
	for _, e := range enum {
		if e != nil {
			words = append(words, fmt.Sprint(e))
		}
	}
	d := diag.Errorf(diag.BadValue, n.pos(v.file), "%s cannot be %s", quoteKey(what), n.describe()).
		WithLen(utf8.RuneCountInString(n.text))
	d.Hint = "one of: " + strings.Join(words, ", ")
	if near, ok := diag.Nearest(n.text, words); ok {
		d.Hint = fmt.Sprintf("did you mean %q? (one of: %s)", near, strings.Join(words, ", "))
	}
	return d
}

func quoteKey(what string) string {
	if what == "" {
		return "the file"
	}
	return `"` + what + `"`
}

func inKey(what string) string {
	if what == "" {
		return ""
	}
	return what + ": "
}

func typeWords(types typeSet) string {
	var words []string
	for _, t := range []struct {
		set  typeSet
		word string
	}{
		{tObject, "a mapping"},
		{tArray, "a list"},
		{tString, "text"},
		{tNumber, "a number"},
		{tInteger, "a whole number"},
		{tBool, "true or false"},
	} {
		if types&t.set != 0 && (t.set != tInteger || types&tNumber == 0) {
			words = append(words, t.word)
		}
	}
	if len(words) == 0 {
		return "empty"
	}
	return strings.Join(words, " or ")
}

func inEnum(n *node, enum []any) bool {
	v := n.value()
	for _, e := range enum {
		if e == v {
			return true
		}
	}
	return false
}

// jsonType gives the JSON type of a value.
func (n *node) jsonType() typeSet {
	switch n.kind {
	case mapNode:
		return tObject
	case listNode:
		return tArray
	default:
	}
	if n.quoted {
		return tString
	}
	switch v := resolveScalar(n.text).(type) {
	case nil:
		return tNull
	case bool:
		return tBool
	case int64:
		return tInteger
	case float64:
		if v == float64(int64(v)) {
			return tInteger
		}
		return tNumber
	default:
		return tString
	}
}
