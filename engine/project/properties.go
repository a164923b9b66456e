package project

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// propsFile is one properties YAML file.
type propsFile struct {
	file *File
	root *node
}

// readProperties reads and validates a properties file.
func (ps *parsing) readProperties(f *File) fileResult {
	var res fileResult
	text, err := ps.p.files.read(f)
	if err != nil {
		res.diags.Add(err)
		return res
	}
	// As dbt does, drop white space at the end: a block that ends the file has no last newline.
	root, found := parseYAML(f.Shown, []byte(strings.TrimRight(text, " \t\r\n")))
	own := f.Package == ps.p.RootPackage()
	if own || found.Err() != nil {
		res.diags.Add(found)
	}
	if found.Err() != nil || root == nil {
		return res
	}
	if root.kind != mapNode {
		res.diags.Add(diag.Errorf(diag.BadValue, root.pos(f.Shown), "the file must be a mapping, not %s", root.describe()).
			WithHint("it begins with models:, sources: or the like"))
		return res
	}
	s := lenient
	if !own {
		s = silent
	}
	res.diags.Add(validate(f.Shown, root, ruleOf("properties"), s))
	res.props = &propsFile{file: f, root: root}
	return res
}

// patch is one YAML entry that describes a node.
type patch struct {
	file    *File
	section string // "models"
	name    string
	n       *node
	version *node // the entry under versions:; nil for an unversioned model
	latest  string
}

func (p *patch) pos() diag.Pos { return p.n.get("name").pos(p.file.Shown) }

// movedKeys are the keys that may stand beside config: and belong in it.
//
//nolint:gochecknoglobals // a constant table
var movedKeys = []string{"meta", "docs", "group", "contract", "access"}

// entryConfig gives the config that an entry carries, rendered and as written.
func (r *reader) entryConfig(n *node) (rendered, raw manifest.Config) {
	out, written := &manifest.Map{}, &manifest.Map{}
	cfg := n.get("config")
	if cfg != nil && cfg.kind == mapNode {
		for i, k := range cfg.keys {
			v := cfg.items[i]
			key := manifest.CanonicalKey(k.text)
			written.Set(key, v.value())
			switch key {
			case "pre-hook", "post-hook", "loaded_at_query":
				out.Set(key, v.value())
			default:
				out.Set(key, r.value(v))
			}
		}
	}
	for _, key := range movedKeys {
		v := n.get(key)
		if v == nil {
			continue
		}
		if twice := cfg.key(key); twice != nil {
			r.diags.Add(diag.Errorf(diag.BadValue, n.key(key).pos(r.file.Shown), "%q stands here and under config:", key).
				WithNote(twice.pos(r.file.Shown), "the other one").WithHint("keep the one under config:"))
			continue
		}
		if !v.isNull() {
			out.Set(key, r.value(v))
			written.Set(key, v.value())
		}
	}
	return manifest.NewConfig(out), manifest.NewConfig(written)
}
