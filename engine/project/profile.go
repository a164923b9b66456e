package project

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// defaultDatabase is the file of the profile that every project has without writing one. It
// stands beside the project file, outside what clean removes.
const defaultDatabase = "atlas.duckdb"

// profilePlace says how the folder of profiles.yml was found.
type profilePlace uint8

const (
	namedFolder profilePlace = iota // by --profiles-dir or the environment
	nearFolder                      // beside the project or where the command runs
	homeFolder                      // ~/.dbt, which all projects share
)

// profileSearch gives the folders where profiles.yml may stand; the first that has it wins.
func (l *loader) profileSearch() (dirs []string, places []profilePlace) {
	if dir := orText(l.o.ProfilesDir, l.envText("DBT_PROFILES_DIR")); dir != "" {
		return []string{dir}, []profilePlace{namedFolder}
	}
	dirs, places = append(dirs, l.root), append(places, nearFolder)
	if wd, err := os.Getwd(); err == nil && wd != l.root {
		dirs, places = append(dirs, wd), append(places, nearFolder)
	}
	home, ok := l.env("HOME")
	if !ok || home == "" {
		home, _ = os.UserHomeDir()
	}
	if home != "" {
		dirs, places = append(dirs, filepath.Join(home, ".dbt")), append(places, homeFolder)
	}
	return dirs, places
}

// profilesFile reads profiles.yml; nil if there is none.
func (l *loader) profilesFile() (root *node, shown string, place profilePlace, ok bool) {
	dirs, places := l.profileSearch()
	for i, dir := range dirs {
		path := filepath.Join(dir, "profiles.yml")
		src, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		shown = l.show(path)
		root, found := parseYAML(shown, src)
		l.diags.Add(found)
		return root, shown, places[i], found.Err() == nil
	}
	if places[0] == namedFolder {
		l.diags.Add(diag.Errorf(diag.NoProfile, diag.Pos{}, "no profiles.yml in %s", dirs[0]).
			WithHint("--profiles-dir and DBT_PROFILES_DIR name the folder that holds it"))
		return nil, "", namedFolder, false
	}
	return nil, "", nearFolder, true
}

// target finds the profile and the output that the run uses, and renders that output alone.
func (l *loader) target(pf *projectFile, r *renderer) adapter.Target {
	name := l.profileName(pf, r)
	root, shown, place, ok := l.profilesFile()
	if !ok {
		return l.embedded(name)
	}
	profile := root.get(name)
	if name == "" || profile == nil {
		if place != homeFolder || !l.unrelated(pf, root, name) {
			l.missingProfile(pf, root, shown, name)
		}
		return l.embedded(name)
	}
	l.diags.Add(validate(shown, profile, ruleOf("profiles"), lenient))
	outputs := profile.get("outputs")
	if outputs == nil || outputs.kind != mapNode {
		return l.embedded(name)
	}
	want := l.targetName(profile, shown, r)
	output := outputs.get(want)
	if output == nil {
		l.missingTarget(profile, outputs, shown, name, want)
		return l.embedded(name)
	}
	opts := l.renderOutput(shown, output, r)
	return l.makeTarget(name, want, opts, output.get("threads").pos(shown))
}

// profileName is --profile, DBT_PROFILE or the project's own, rendered.
func (l *loader) profileName(pf *projectFile, r *renderer) string {
	if l.o.Profile != "" {
		return l.o.Profile
	}
	if v, ok := l.env("DBT_PROFILE"); ok && v != "" {
		return v
	}
	return r.str(pf.shown, pf.root.get("profile"))
}

func (l *loader) targetName(profile *node, shown string, r *renderer) string {
	if l.o.Target != "" {
		return l.o.Target
	}
	if v, ok := l.env("DBT_TARGET"); ok && v != "" {
		return v
	}
	if t := r.str(shown, profile.get("target")); t != "" {
		return t
	}
	return "default"
}

// unrelated reports a profiles.yml in the home folder that says nothing of an Atlas project: it
// belongs to other projects.
func (l *loader) unrelated(pf *projectFile, root *node, name string) bool {
	if !pf.atlas || l.o.Profile != "" || root == nil {
		return false
	}
	var names []string
	for _, k := range root.keys {
		names = append(names, k.text)
	}
	_, near := diag.Nearest(name, names)
	return !near
}

// missingProfile reports a profile that was asked for and does not exist. A project that never
// names one, or has no profiles.yml at all, gets the embedded profile without a word.
func (l *loader) missingProfile(pf *projectFile, root *node, shown, name string) {
	if name == "" || root == nil {
		if l.o.Profile != "" {
			l.diags.Add(diag.Errorf(diag.NoProfile, diag.Pos{}, "there is no profile %q: no profiles.yml was found", name).
				WithHint("write profiles.yml beside the project file, or leave --profile out to use %s", defaultDatabase))
		}
		return
	}
	if len(root.keys) == 0 {
		return
	}
	var names []string
	for _, k := range root.keys {
		if k.text != "config" {
			names = append(names, k.text)
		}
	}
	pos := pf.root.get("profile").pos(pf.shown)
	if l.o.Profile != "" || pf.root.get("profile") == nil {
		pos = diag.Pos{}
	}
	d := diag.Errorf(diag.NoProfile, pos, "%s has no profile %q", shown, name).WithLen(len(name))
	if d.Hint = diag.DidYouMean(name, names); d.Hint == "" {
		d.Hint = "it has: " + strings.Join(names, ", ")
	}
	l.diags.Add(d)
}

func (l *loader) missingTarget(profile, outputs *node, shown, name, want string) {
	var names []string
	for _, k := range outputs.keys {
		names = append(names, k.text)
	}
	pos := outputs.pos(shown)
	if t := profile.get("target"); t != nil && l.o.Target == "" {
		pos = t.pos(shown)
	}
	d := diag.Errorf(diag.NoProfile, pos, "profile %q has no target %q", name, want).WithLen(len(want))
	if d.Hint = diag.DidYouMean(want, names); d.Hint == "" {
		d.Hint = "it has: " + strings.Join(names, ", ")
	}
	l.diags.Add(d)
}

// renderOutput renders one output. A password that is not a valid template stays as it is.
func (l *loader) renderOutput(shown string, output *node, r *renderer) *manifest.Map {
	opts := &manifest.Map{}
	for i, k := range output.keys {
		v := output.items[i]
		if k.text == "password" && v.kind == scalarNode && jinja.HasTags(v.text) {
			if got, err := renderNative(v.text, v.pos(shown), r.vars); err == nil {
				opts.Set(k.text, got)
			} else {
				opts.Set(k.text, v.text)
			}
			continue
		}
		opts.Set(k.text, r.value(shown, v))
	}
	return opts
}

// embedded is the profile that every project has.
func (l *loader) embedded(name string) adapter.Target {
	if name == "" {
		name = "atlas"
	}
	opts := manifest.NewMap("type", "duckdb", "path", defaultDatabase, "schema", "main")
	want := l.o.Target
	if want == "" {
		want = "dev"
	}
	return l.makeTarget(name, want, opts, diag.Pos{})
}

func (l *loader) makeTarget(profile, name string, opts *manifest.Map, threadsPos diag.Pos) adapter.Target {
	t := adapter.Target{Profile: profile, Name: name, Root: l.root, Options: opts}
	t.Type = optionText(opts, "type")
	t.Schema = optionText(opts, "schema")
	if t.Schema == "" {
		if t.Schema = optionText(opts, "dataset"); t.Schema == "" {
			t.Schema = "main"
		}
		opts.Set("schema", t.Schema)
	}
	t.Threads = l.threads(opts, threadsPos)
	return t
}

func (l *loader) threads(opts *manifest.Map, pos diag.Pos) int {
	if l.o.Threads > 0 {
		return l.o.Threads
	}
	v, _ := opts.Get("threads")
	switch v := v.(type) {
	case int64:
		if v > 0 {
			return int(v)
		}
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n > 0 {
			return n
		}
	case nil:
		return runtime.NumCPU()
	}
	l.diags.Add(diag.Errorf(diag.BadValue, pos, "threads must be a whole number above 0, not %v", v))
	return runtime.NumCPU()
}

func optionText(m *manifest.Map, key string) string {
	v, _ := m.Get(key)
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// targetMap is what templates see as target.
func (l *loader) targetMap(t adapter.Target) *manifest.Map {
	m := t.Options.Clone()
	m.Set("type", t.Type)
	m.Set("schema", t.Schema)
	m.Set("threads", int64(t.Threads))
	m.Set("name", t.Name)
	m.Set("target_name", t.Name)
	m.Set("profile_name", t.Profile)
	if _, ok := m.Get("database"); !ok && l.o.Database != nil {
		m.Set("database", l.o.Database(t))
	}
	return m
}
